package io.deepincubation.core.data.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.testing.PngWriter;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelMapTest {

  private static final int GREY = 0;

  @ParameterizedTest
  @CsvSource({
    "0, 1", "0, 2", "0, 4", "0, 8", "0, 16", "3, 1", "3, 2", "3, 4", "3, 8",
  })
  void readsLevelsAndIndicesOfEveryDepth(int type, int depth) throws IOException {
    for (boolean interlaced : new boolean[] {false, true}) {
      var writer = new PngWriter(type, depth, 11, 13, interlaced);

      LabelMap map = LabelMap.ofPng(writer.file());

      assertThat(map.values()).isEqualTo(writer.numbers());
      assertThat(map.height()).isEqualTo(11);
      assertThat(map.width()).isEqualTo(13);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 65535})
  void writesWhatItReads(int highest) throws IOException {
    var values = new char[5 * 7];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) (highest - highest * i / (values.length - 1));
    }
    var map = new LabelMap(values, 5, 7);

    byte[] file = map.png();

    assertThat(LabelMap.ofPng(file).values()).isEqualTo(values);
    assertThat(file[24]).as("bits").isEqualTo((byte) (highest > 255 ? 16 : 8));
  }

  @Test
  void rejectsFilesOfSeveralNumbersAPixel() {
    var pixels = new Pixels(new byte[3 * 4], 2, 2);

    assertThatThrownBy(() -> LabelMap.ofPng(ImageCodec.encodePng(pixels)))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a PNG file of one number a pixel, grey or with a palette, got 3");
    assertThatThrownBy(() -> LabelMap.ofPng(ImageCodec.encode(pixels, Kind.JPEG)))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a PNG file of one number a pixel, got a JPEG file");
  }

  @Test
  void rejectsDamagedFiles() {
    byte[] file = new PngWriter(GREY, 8, 30, 30, /* interlaced= */ false).file();

    assertThatThrownBy(() -> LabelMap.ofPng(Arrays.copyOf(file, 300)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a whole image, got a damaged one");
  }

  @Test
  void takesThePixelThatTheCentreOfANewOneIsIn() {
    var map = new LabelMap(new char[] {1, 2, 3, 4, 5}, 1, 5);

    assertThat(map.resized(1, 2).values()).containsExactly((char) 2, (char) 4);
    assertThat(map.resized(2, 5).values()).containsExactly(chars(1, 2, 3, 4, 5, 1, 2, 3, 4, 5));
    assertThat(map.resized(1, 10).values()).containsExactly(chars(1, 1, 2, 2, 3, 3, 4, 4, 5, 5));
  }

  @Test
  void givesPartsMirrorImagesAndOtherNumbers() {
    var map = new LabelMap(chars(0, 1, 2, 3, 4, 255), 2, 3);

    assertThat(map.part(new Box(1, 2, 1, 3)).values()).containsExactly(chars(4, 255));
    assertThat(map.mirrored().values()).containsExactly(chars(2, 1, 0, 255, 4, 3));
    assertThat(map.mapped(value -> value + 1).values()).containsExactly(chars(1, 2, 3, 4, 5, 256));
    assertThat(map.counts()).hasSize(65536).startsWith(1, 1, 1, 1, 1, 0);
    assertThat(map.at(1, 2)).isEqualTo(255);
  }

  @Test
  void fillsAFrameBesideTheMap() {
    var frame = new float[10];

    new LabelMap(chars(7, 300), 1, 2).write(frame, 1, 3, 3, 255);

    assertThat(frame).containsExactly(0, 7, 300, 255, 255, 255, 255, 255, 255, 255);
  }

  @Test
  void rejectsOtherNumbersOfValues() {
    assertThatThrownBy(() -> new LabelMap(new char[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make a label map: expected 2 x 3 values, got 5");
  }

  private static char[] chars(int... values) {
    var chars = new char[values.length];
    for (int i = 0; i < values.length; i++) {
      chars[i] = (char) values[i];
    }
    return chars;
  }

  @Test
  void tellsTheRegionsOfItsClasses() {
    var map = new LabelMap(new char[] {7, 0, 0, 7, 7, 0}, 2, 3); // 7 0 0 / 7 7 0

    assertThat(map.regions())
        .containsExactly(
            entry(0, RunLengths.ofCounts(new int[] {2, 1, 1, 2}, 2, 3)),
            entry(7, RunLengths.ofCounts(new int[] {0, 2, 1, 1, 2}, 2, 3)));
  }
}
