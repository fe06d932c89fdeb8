package io.deepincubation.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HadoopPathsTest {

  @ParameterizedTest
  @ValueSource(strings = {"photos [2020]", "100%", "a%20b", "12:30", "{a,b}", "süß *?", "a\\b#c"})
  void opensTheFolderOfExactlyThatName(String name, @TempDir Path folder) throws IOException {
    Path inside = Files.createDirectory(folder.resolve(name));
    Files.writeString(inside.resolve("10:15 [1] %41.txt"), "text");

    for (String uri : new String[] {inside.toString(), "file:" + inside, "file://" + inside}) {
      assertThat(HadoopStorage.open(uri, new Configuration(false)).list(""))
          .as(uri)
          .containsExactly("10:15 [1] %41.txt");
      assertThat(HadoopStorage.open(uri, new Configuration(false)).text("10:15 [1] %41.txt"))
          .isEqualTo("text");
    }
  }

  @Test
  void takesAColonInARelativePathForNoScheme() {
    assertThat(HadoopPaths.of("12:30/photos").toUri().getPath()).isEqualTo("./12:30/photos");
    assertThat(HadoopPaths.of("s3a://lake/12:30").toUri().getScheme()).isEqualTo("s3a");
    assertThat(HadoopPaths.of("photos")).hasToString("photos");
  }

  @Test
  void standsForNothingElseInPatterns() {
    assertThat(HadoopPaths.literally("s3a://lake/a[1]{b}*?\\"))
        .isEqualTo("s3a://lake/a\\[1\\]\\{b\\}\\*\\?\\\\");
  }

  @Test
  void carriesNamesOfAnyLetters(@TempDir Path folder) {
    var storage = HadoopStorage.open("file:" + folder + "/Übung 100%", new Configuration(false));
    storage.write("grün.txt", stream -> stream.write("ja".getBytes(StandardCharsets.UTF_8)));

    assertThat(folder.resolve("Übung 100%/grün.txt")).hasContent("ja");
  }
}
