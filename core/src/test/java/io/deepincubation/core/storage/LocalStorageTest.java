package io.deepincubation.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.parquet.io.SeekableInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStorageTest {

  private Path root;
  private Storage storage;

  @BeforeEach
  void open(@TempDir Path temporary) {
    root = temporary;
    storage = new LocalStorage(root);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    write("folder/deep/file.txt", "content");

    assertThat(read("folder/deep/file.txt")).isEqualTo("content");
    assertThat(storage.length("folder/deep/file.txt")).isEqualTo(7);
    assertThat(storage.exists("folder")).isTrue();
    assertThat(storage.exists("other")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"my out", "Übung", "100%", "%20", "a#b?c", "[x]", "a:b", "a\\b"})
  void aPathBecomesAUriAndBack(String name) throws IOException {
    Path folder = Files.createDirectory(root.resolve(name));

    String uri = LocalStorage.uri(folder);
    LocalStorage.of(uri).write("file", stream -> stream.write('a'));

    assertThat(uri).startsWith("file:///").endsWith("/" + name);
    assertThat(folder.resolve("file")).hasContent("a");
    assertThat(LocalStorage.of("file:" + folder).exists("file")).isTrue();
    assertThat(LocalStorage.of(folder.toString()).exists("file")).isTrue();
  }

  @Test
  void replacesAFile() throws IOException {
    write("file", "long content");
    write("file", "short");

    assertThat(read("file")).isEqualTo("short");
  }

  @Test
  void createsAFileOnceEvenIfItAppearsMeanwhile() throws IOException {
    assertThat(storage.create("file", stream -> stream.write('a'))).isTrue();
    assertThat(storage.create("file", stream -> stream.write('b'))).isFalse();
    boolean created =
        storage.create(
            "late",
            stream -> {
              stream.write('a');
              write("late", "other");
            });

    assertThat(created).isFalse();
    assertThat(read("file")).isEqualTo("a");
    assertThat(read("late")).isEqualTo("other");
    try (Stream<Path> files = Files.list(root)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void keepsTheOldFileAndNoDraftWhenAWriteFails() throws IOException {
    write("file", "old");

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(
            () ->
                storage.write(
                    "file",
                    stream -> {
                      stream.write('n');
                      throw new IOException("No space left on device");
                    }))
        .withMessageContaining("Cannot write " + root + "/file")
        .withMessageContaining("disk is full");
    assertThat(read("file")).isEqualTo("old");
    assertThat(allFiles()).containsExactly("file");
  }

  @Test
  void deletesTheDraftWhenContentThrowsUnchecked() throws IOException {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(
            () ->
                storage.write(
                    "file",
                    stream -> {
                      throw new UncheckedIOException(new IOException("cut off"));
                    }));
    assertThat(allFiles()).isEmpty();
  }

  @Test
  void listsOnlyVisibleFilesOfTheFolderSorted() {
    write("folder/b", "");
    write("folder/a", "");
    write("folder/inner/c", "");
    write("folder/.draft", "");

    assertThat(storage.list("folder")).containsExactly("a", "b");
    assertThat(storage.list("nowhere")).isEmpty();
  }

  @Test
  void deletesFilesAndFolders() {
    write("folder/inner/file", "");
    write("file", "");

    storage.delete("folder");
    storage.delete("file");
    storage.delete("nowhere");

    assertThat(storage.exists("folder")).isFalse();
    assertThat(storage.exists("file")).isFalse();
  }

  @Test
  void opensAFolderAsAStorage() throws IOException {
    storage.folder("inner").write("file", stream -> stream.write('x'));

    assertThat(read("inner/file")).isEqualTo("x");
    assertThat(storage.folder("inner").uri()).isEqualTo(root + "/inner");
  }

  @Test
  void seeksForParquet() throws IOException {
    write("file", "0123456789");

    assertThat(storage.inputFile("file").getLength()).isEqualTo(10);
    try (SeekableInputStream stream = storage.inputFile("file").newStream()) {
      stream.seek(4);
      byte[] read = new byte[3];
      stream.readFully(read);
      assertThat(read).asString().isEqualTo("456");
      assertThat(stream.getPos()).isEqualTo(7);
    }
  }

  @Test
  void namesTheFileThatIsMissing() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.open("nowhere"))
        .withMessage("Cannot read " + root + "/nowhere: there is no such file; check the path");
  }

  @Test
  void saysThatAFileIsInTheWay() {
    write("file", "");

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> write("file/inner", ""))
        .withMessageContaining("a file is where a folder should be");
  }

  @Test
  void rejectsNamesOutsideTheRoot() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage.exists("../other"))
        .withMessage("Cannot use the name ../other: expected one inside " + root);
  }

  @Test
  void opensFileUrisAndKeepsThemAsWritten() {
    String uri = root.toUri().toString();
    Storage opened = LocalStorage.of(uri);
    opened.write("file", stream -> stream.write('x'));

    assertThat(opened.uri()).isEqualTo(uri);
    assertThat(storage.exists("file")).isTrue();
  }

  @Test
  void takesUrisAsTheyStand() {
    for (String name : new String[] {"a b", "a%20b", "100%", "12:30", "süß"}) {
      LocalStorage.of("file:" + root + "/" + name).write("file", stream -> stream.write('x'));
      LocalStorage.of("file://" + root + "/" + name).write("file", stream -> stream.write('x'));

      assertThat(root.resolve(name).resolve("file")).exists();
    }
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> LocalStorage.of("s3a://bucket/a"))
        .withMessageContaining("expected a path or a file: URI of this machine");
  }

  private void write(String name, String content) {
    storage.write(name, stream -> stream.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private String read(String name) throws IOException {
    try (InputStream stream = storage.open(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Stream<String> allFiles() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .toList()
          .stream();
    }
  }
}
