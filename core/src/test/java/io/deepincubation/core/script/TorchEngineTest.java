package io.deepincubation.core.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.testing.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchEngineTest {

  @TempDir private Path folder;

  /** Fills an array, of which libtorch would warn. */
  static final class Fills {
    private Fills() {}

    public static void main(String[] args) {
      try (NDManager manager = TorchEngine.newManager(Device.cpu());
          NDArray array = manager.create(0f)) {
        array.set(new float[] {3});
        System.out.println(array.getFloat());
      }
      System.exit(0);
    }
  }

  @Test
  void writesNoWarningOfLibtorchAmongProgressLines() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        JavaProcess.of(List.of(), Fills.class)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(Files.readString(out, UTF_8)).isEqualTo("3.0\n");
      assertThat(Files.readString(err, UTF_8)).doesNotContain("Warning");
    } finally {
      process.destroyForcibly();
    }
  }
}
