package io.deepincubation.core.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TestImages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarSourceTest {

  private static final int IMAGE = 3 * 32 * 32;

  private final Path folder;

  CifarSourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsCifar100WithFineLabels() throws IOException {
    write100(folder);
    Files.writeString(folder.resolve("fine_label_names.txt"), "name\n".repeat(100));
    var source = new CifarSource(new LocalStorage(folder));

    Iterator<Sample> samples = source.samples("train", 1, 3);

    assertThat(source.classNames()).hasSize(100).contains("name");
    assertThat(source.splits()).containsExactly("train", "test");
    assertThat(source.count("train")).isEqualTo(4);
    assertThat(source.count("test")).isEqualTo(2);
    Sample second = samples.next();
    assertThat(second.label()).isEqualTo(11);
    assertThat(ImageCodec.decode(second.image()).values()).isEqualTo(TestImages.noise(1, IMAGE));
    assertThat(samples.next().label()).isEqualTo(12);
    assertThat(samples.hasNext()).isFalse();
  }

  @Test
  void readsCifar10AcrossFilesFromTheOfficialFolder() throws IOException {
    Path official = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
    for (int i = 1; i <= 5; i++) {
      Files.write(official.resolve("data_batch_" + i + ".bin"), records(2, 0, i));
    }
    Files.write(official.resolve("test_batch.bin"), records(1, 0, 9));
    Files.writeString(official.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    var source = new CifarSource(new LocalStorage(folder));

    Iterator<Sample> samples = source.samples("train", 3, 7);

    assertThat(source.classNames())
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    assertThat(source.count("train")).isEqualTo(10);
    assertThat(samples).toIterable().extracting(Sample::label).containsExactly(2, 3, 3, 4);
  }

  @Test
  void numbersClassesWithoutNames() throws IOException {
    write100(folder);

    assertThat(new CifarSource(new LocalStorage(folder)).classNames())
        .hasSize(100)
        .startsWith("0", "1")
        .endsWith("99");
  }

  @Test
  void namesAFileThatIsCutOff() throws IOException {
    write100(folder);
    Files.write(folder.resolve("test.bin"), new byte[3073]);

    assertThatThrownBy(() -> new CifarSource(new LocalStorage(folder)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read %s/test.bin: expected a multiple of 3074 bytes, got 3073; the file is"
                + " cut off",
            folder);
  }

  @Test
  void namesAMissingFile() throws IOException {
    write100(folder);
    Files.delete(folder.resolve("test.bin"));

    assertThatThrownBy(() -> new CifarSource(new LocalStorage(folder)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected test.bin, got no such file");
  }

  @Test
  void rejectsALabelWithoutClass() throws IOException {
    write100(folder);
    Files.write(folder.resolve("test.bin"), records(1, 7, 100));
    var source = new CifarSource(new LocalStorage(folder));

    assertThatThrownBy(() -> source.samples("test").next())
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read %s/test.bin: expected labels below 100, got 100 in image 0; the file is"
                + " damaged, or none of CIFAR's",
            folder);
  }

  @Test
  void rejectsAFolderWithoutCifar() {
    var storage = new LocalStorage(folder);

    assertThat(CifarSource.isIn(storage)).isFalse();
    assertThatThrownBy(() -> new CifarSource(storage))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected train.bin (CIFAR-100) or data_batch_1.bin (CIFAR-10)");
  }

  private static void write100(Path folder) throws IOException {
    var train = new ByteArrayOutputStream();
    for (int i = 0; i < 4; i++) {
      train.write(5);
      train.write(10 + i);
      train.write(TestImages.noise(i, IMAGE));
    }
    Files.write(folder.resolve("train.bin"), train.toByteArray());
    Files.write(folder.resolve("test.bin"), records(2, 3, 42));
  }

  /** Black images; a coarse label of 0 is left out, as in CIFAR-10. */
  private static byte[] records(int count, int coarse, int label) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      if (coarse > 0) {
        bytes.write(coarse);
      }
      bytes.write(label);
      bytes.write(new byte[IMAGE]);
    }
    return bytes.toByteArray();
  }
}
