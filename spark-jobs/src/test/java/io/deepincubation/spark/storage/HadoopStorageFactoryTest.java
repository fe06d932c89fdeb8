package io.deepincubation.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopStorageFactoryTest {

  @Test
  void opensStoragesOnAnotherMachine(@TempDir Path root) throws Exception {
    StorageFactory copy = carried(new HadoopStorageFactory(new Configuration()));

    Storage storage = copy.open(root.toString());
    storage.write("file", stream -> stream.write('x'));

    assertThat(root.resolve("file")).hasContent("x");
    assertThat(storage.uri()).isEqualTo(root.toString());
  }

  @Test
  void carriesTheSettingsOfTheCluster() throws Exception {
    var configuration = new Configuration();
    configuration.setClass("fs.carried.impl", FakeStore.class, FileSystem.class);

    StorageFactory copy = carried(new HadoopStorageFactory(configuration));

    assertThat(copy.open("carried://bucket/folder").exists("file")).isFalse();
  }

  @Test
  void carriesNoDefaultsAndShowsNoValues() throws Exception {
    var configuration = new Configuration();
    configuration.set("fs.s3a.secret.key", "very-secret");
    var factory = new HadoopStorageFactory(configuration);

    assertThat(factory).hasToString("HadoopStorageFactory of 1 settings");
    assertThat(bytes(factory)).hasSizeLessThan(500);
  }

  private static StorageFactory carried(StorageFactory factory) throws Exception {
    try (var stream = new ObjectInputStream(new ByteArrayInputStream(bytes(factory)))) {
      return (StorageFactory) stream.readObject();
    }
  }

  private static byte[] bytes(StorageFactory factory) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var stream = new ObjectOutputStream(bytes)) {
      stream.writeObject(factory);
    }
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).contains("HadoopStorageFactory");
    return bytes.toByteArray();
  }
}
