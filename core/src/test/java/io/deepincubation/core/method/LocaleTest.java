package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.testing.JavaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that a locale writes with digits of its own change no program, file or digest. */
class LocaleTest {

  @TempDir private Path folder;

  @Test
  void aLocaleWithDigitsOfItsOwnEndsInTheSameBytes() throws Exception {
    Path said = folder.resolve("said");
    Process process =
        JavaProcess.of(
                List.of("-Duser.language=ar", "-Duser.country=EG", "-XX:TieredStopAtLevel=1"),
                LocaleRun.class,
                folder.resolve("arabic").toString())
            .redirectOutput(said.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor()).as(() -> text(said)).isZero();

    assertThat(text(said).lines().reduce("", (first, second) -> second))
        .isEqualTo(LocaleRun.model(folder.resolve("here")));
    Path there = folder.resolve("arabic/final/config.json");
    assertThat(there).hasSameTextualContentAs(folder.resolve("here/final/config.json"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + file, e);
    }
  }
}
