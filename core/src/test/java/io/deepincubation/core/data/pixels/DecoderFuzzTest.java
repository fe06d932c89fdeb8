package io.deepincubation.core.data.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.testing.DecoderFuzz;
import io.deepincubation.core.testing.JavaProcess;
import io.deepincubation.core.testing.OddPicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files, {@code -Ddeepincubation.fuzz.count} of them, drawn by {@code
 * -Ddeepincubation.fuzz.seed}.
 */
class DecoderFuzzTest {

  private static final Pattern TOLD =
      Pattern.compile("(\\d+) files, (\\d+) decoded, (\\d+) of.*\n");

  @TempDir private Path folder;

  @Test
  void damagedFilesAreDecodedLikeTheReferenceOrRefusedInWords() throws Exception {
    String seed = System.getProperty("deepincubation.fuzz.seed", "1");
    String count = System.getProperty("deepincubation.fuzz.count", "2000");

    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    int status =
        JavaProcess.of(List.of("-Xmx256m"), DecoderFuzz.class, seed, count)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();

    assertThat(err).as("what the process says, seed %s", seed).isEmptyFile();
    assertThat(status).isZero();
    assertDecodedSome(Files.readString(out), Integer.parseInt(count));
  }

  private static void assertDecodedSome(String told, int count) throws IOException {
    Matcher numbers = TOLD.matcher(told);
    assertThat(numbers.matches()).as(told).isTrue();
    int files = count + OddPicture.all().size();
    assertThat(Integer.parseInt(numbers.group(1))).isEqualTo(files);
    assertThat(Integer.parseInt(numbers.group(2))).isBetween(OddPicture.all().size(), files - 1);
    assertThat(Integer.parseInt(numbers.group(3))).isPositive();
  }
}
