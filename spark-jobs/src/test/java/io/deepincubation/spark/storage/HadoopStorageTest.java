package io.deepincubation.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.io.SeekableInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HadoopStorageTest {

  private final Configuration configuration = new Configuration();
  private Path root;
  private Storage storage;

  @BeforeEach
  void open(@TempDir Path temporary) {
    root = temporary;
    storage = HadoopStorage.open("file://" + temporary, configuration);
    configuration.setClass("fs.s3a.impl", FakeStore.class, org.apache.hadoop.fs.FileSystem.class);
    configuration.setClass("fs.gs.impl", FakeStore.class, org.apache.hadoop.fs.FileSystem.class);
    configuration.setClass("fs.odd.impl", FakeStore.class, org.apache.hadoop.fs.FileSystem.class);
    FakeStore.clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a", "gs", "odd"})
  void readsWhatItWrote(String scheme) throws IOException {
    Storage opened = on(scheme);
    write(opened, "folder/deep/file.txt", "old content");
    write(opened, "folder/deep/file.txt", "content");

    assertThat(read(opened, "folder/deep/file.txt")).isEqualTo("content");
    assertThat(opened.length("folder/deep/file.txt")).isEqualTo(7);
    assertThat(opened.exists("folder/deep/file.txt")).isTrue();
    assertThat(opened.exists("other")).isFalse();
    assertThat(opened.list("folder/deep")).containsExactly("file.txt");
    assertThat(opened.list("nowhere")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a", "gs", "odd"})
  void publishesNothingWhenAWriteFails(String scheme) throws IOException {
    Storage opened = on(scheme);
    write(opened, "kept", "old");

    for (String name : List.of("kept", "fresh")) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(
              () ->
                  opened.write(
                      name,
                      stream -> {
                        stream.write(new byte[100_000]);
                        throw new IOException("No space left on device");
                      }))
          .withMessageContaining("Cannot write " + opened.uri() + "/" + name)
          .withMessageContaining("the disk is full");
    }
    assertThat(read(opened, "kept")).isEqualTo("old");
    assertThat(opened.exists("fresh")).isFalse();
    assertThat(FakeStore.names()).noneMatch(name -> name.contains("fresh"));
    assertThat(localFiles()).noneMatch(name -> name.contains("fresh"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a", "gs", "odd"})
  void createsAFileOnce(String scheme) throws IOException {
    Storage opened = on(scheme);

    assertThat(opened.create("folder/file", stream -> stream.write('a'))).isTrue();
    assertThat(opened.create("folder/file", stream -> stream.write('b'))).isFalse();

    assertThat(read(opened, "folder/file")).isEqualTo("a");
    assertThat(opened.list("folder")).containsExactly("file");
  }

  /** What another driver does between the look and the act. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a://bucket", "s3a://" + FakeStore.CONDITIONAL})
  void tellsWhetherAFileThatAppearsMeanwhileIsKept(String where) throws IOException {
    Storage opened =
        where.equals("file") ? storage : HadoopStorage.open(where + "/folder", configuration);

    boolean created =
        opened.create(
            "file",
            stream -> {
              stream.write('a');
              write(opened, "file", "other");
            });

    assertThat(created).isEqualTo(!opened.createsAtomically());
    assertThat(opened.createsAtomically()).isEqualTo(!where.equals("s3a://bucket"));
    assertThat(read(opened, "file")).isEqualTo(created ? "a" : "other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3a", "gs", "odd"})
  void deletes(String scheme) {
    Storage opened = on(scheme);
    write(opened, "folder/file", "");
    opened.delete("folder");
    opened.delete("nowhere");

    assertThat(opened.exists("folder/file")).isFalse();
  }

  @Test
  void leavesNoChecksumFilesThatWouldGoStale() throws IOException {
    write(storage, "file", "content");
    new LocalStorage(root).write("file", stream -> stream.write('x'));

    assertThat(read(storage, "file")).isEqualTo("x");
    assertThat(localFiles()).containsExactly("file");
  }

  @Test
  void listsOnlyVisibleFilesOfTheFolderSorted() {
    write(storage, "folder/b", "");
    write(storage, "folder/a", "");
    write(storage, "folder/inner/c", "");
    write(storage, "folder/.draft", "");

    assertThat(storage.list("folder")).containsExactly("a", "b");
  }

  @Test
  void opensAFolderAsAStorage() throws IOException {
    write(storage.folder("inner"), "file", "x");

    assertThat(read(storage, "inner/file")).isEqualTo("x");
    assertThat(storage.folder("inner").uri()).isEqualTo("file://" + root + "/inner");
  }

  @Test
  void takesNamesAsTheyAre() throws IOException {
    write(storage, "a folder/50%25 : x.png", "x");

    assertThat(read(storage, "a folder/50%25 : x.png")).isEqualTo("x");
    assertThat(root.resolve("a folder/50%25 : x.png")).exists();
  }

  @Test
  void seeksForParquet() throws IOException {
    write(storage, "file", "0123456789");

    assertThat(storage.inputFile("file").getLength()).isEqualTo(10);
    try (SeekableInputStream stream = storage.inputFile("file").newStream()) {
      stream.seek(4);
      byte[] read = new byte[3];
      stream.readFully(read);
      assertThat(read).asString().isEqualTo("456");
    }
  }

  @Test
  void namesTheFileThatIsMissing() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.open("nowhere"))
        .withMessage(
            "Cannot read file://" + root + "/nowhere: there is no such file; check the path");
  }

  @Test
  void saysThatAFileIsInTheWay() {
    write(storage, "file", "");

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> write(storage, "file/inner", ""))
        .withMessageContaining("a file is where a folder should be");
  }

  @Test
  void saysWhichConnectorIsMissing() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> HadoopStorage.open("nothing://host/folder", configuration))
        .withMessageStartingWith("Cannot open nothing://host/folder: no file system is set up")
        .withMessageContaining("--packages");
  }

  @Test
  void saysThatTheHostIsUnknown() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(
            () -> HadoopStorage.open("hdfs://no-such-host.invalid/x", configuration).exists("file"))
        .withMessageContaining("the host is unknown");
  }

  @Test
  void rejectsNamesOutsideTheRoot() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage.exists("folder/../../other"))
        .withMessageContaining("expected one inside file://" + root);
  }

  private Storage on(String scheme) {
    return scheme.equals("file")
        ? storage
        : HadoopStorage.open(scheme + "://bucket/folder", configuration);
  }

  private static void write(Storage storage, String name, String content) {
    storage.write(name, stream -> stream.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static String read(Storage storage, String name) throws IOException {
    try (InputStream stream = storage.open(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<String> localFiles() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .toList();
    }
  }
}
