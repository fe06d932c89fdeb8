package io.deepincubation.core.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.checkpoint.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderSourceTest {

  private final Path folder;
  private final List<String> files = new ArrayList<>();

  ImageFolderSourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void sortsClassesAndKeepsFilesAsTheyAre() throws IOException {
    byte[] dog = image("train/dog/1.png", 8, 8);
    byte[] cat = image("train/cat/2.PNG", 8, 8);
    image("val/cat/3.png", 8, 8);
    files.add("train/cat/notes.txt");
    files.add("README.md");

    ImageFolderSource source = source(OptionalInt.empty());

    assertThat(source.classNames()).containsExactly("cat", "dog");
    assertThat(source.splits()).containsExactly("train", "test");
    assertThat(source.count("train")).isEqualTo(2);
    assertThat(source.samples("train"))
        .toIterable()
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(new Sample(cat, 0), new Sample(dog, 1));
  }

  @Test
  void resizesTheShorterSideAndTakesTheMiddle() throws IOException {
    image("train/cat/1.png", 20, 40);

    Sample sample = source(OptionalInt.of(10)).samples("train").next();

    assertThat(ImageCodec.decode(sample.image()).size()).isEqualTo("10 x 10");
  }

  @Test
  void namesACorruptImage() throws IOException {
    image("train/cat/1.png", 8, 8);
    file("train/cat/2.png", "no image".getBytes(UTF_8));
    ImageFolderSource source = source(OptionalInt.empty());

    assertThatThrownBy(() -> source.samples("train").forEachRemaining(sample -> {}))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read image %s/train/cat/2.png: expected a PNG or JPEG file, got 8 other bytes",
            folder);
  }

  @Test
  void namesAnImageThatIsCutOff() throws IOException {
    byte[] whole = image("train/cat/1.png", 8, 8);
    file("train/cat/1.png", Arrays.copyOf(whole, whole.length / 2));
    ImageFolderSource source = source(OptionalInt.of(8));

    assertThatThrownBy(() -> source.samples("train").next())
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot read image " + folder + "/train/cat/1.png: ");
  }

  @Test
  void namesAnImageOfAnotherSize() throws IOException {
    image("train/cat/1.png", 8, 8);
    image("train/cat/2.png", 8, 9);
    ImageFolderSource source = source(OptionalInt.empty());

    assertThatThrownBy(() -> source.samples("train", 1, 2).next())
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read image %s/train/cat/2.png: expected 8 x 8 pixels as in train/cat/1.png,"
                + " got 8 x 9; pass an image size to resize to",
            folder);
  }

  @Test
  void rejectsTestImagesOfAnotherClass() throws IOException {
    image("train/cat/1.png", 8, 8);
    image("test/cow/1.png", 8, 8);

    assertThatThrownBy(() -> source(OptionalInt.empty()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read image %s/test/cow/1.png: expected one of the classes of train/, got cow",
            folder);
  }

  @Test
  void rejectsAFolderWithoutTrainingImages() {
    files.add("cat/1.png");

    assertThatThrownBy(() -> source(OptionalInt.empty()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected files like train/CLASS/IMAGE.png or .jpg, got none");
  }

  private ImageFolderSource source(OptionalInt size) {
    return new ImageFolderSource(new LocalStorage(folder), files, size);
  }

  private byte[] image(String name, int height, int width) throws IOException {
    var pixels = new Pixels(TestImages.noise(files.size(), 3 * height * width), height, width);
    byte[] png = ImageCodec.encodePng(pixels);
    file(name, png);
    return png;
  }

  private void file(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, bytes);
    if (!files.contains(name)) {
      files.add(name);
    }
  }
}
