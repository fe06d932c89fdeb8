package io.deepincubation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/check-api} where nothing has been released. */
class CheckApiTest {

  @TempDir private Path folder;

  @Test
  void saysThatThereIsNothingToCompareWith() throws IOException, InterruptedException {
    run("git", "init", "--quiet");
    Path script = Files.createDirectory(folder.resolve("bin")).resolve("check-api");
    Files.copy(Path.of("../bin/check-api"), script);
    assertThat(run("bash", script.toString())).contains("there is no tag v* yet");
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
