package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.testing.TestImages;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ImageTableTest {

  private static final int BYTES = TestImages.IMAGE_BYTES;

  @Test
  void findsImagesInEverySegment() {
    byte[] all = TestImages.noise(1, 5 * BYTES);
    ByteBuffer[] segments = {
      ByteBuffer.wrap(Arrays.copyOfRange(all, 0, 2 * BYTES)),
      ByteBuffer.wrap(Arrays.copyOfRange(all, 2 * BYTES, 4 * BYTES)),
      ByteBuffer.wrap(Arrays.copyOfRange(all, 4 * BYTES, 5 * BYTES))
    };
    var table = new SegmentedImageTable(segments, 2, new int[] {9, 8, 7, 6, 5}, 8, 8);

    for (int i = 0; i < 5; i++) {
      assertThat(pixels(table, i)).isEqualTo(Arrays.copyOfRange(all, i * BYTES, (i + 1) * BYTES));
      assertThat(table.label(i)).isEqualTo(9 - i);
    }
  }

  @Test
  void limitsToWhatThereIs() {
    ImageTable table = TestImages.table(5, 2);

    assertThat(table.limit(3).size()).isEqualTo(3);
    assertThat(table.limit(9).size()).isEqualTo(5);
  }

  @Test
  void rejectsBytesThatDoNotFillTheImages() {
    assertThatThrownBy(() -> ImageTable.of(new byte[5], new int[2], 8, 8))
        .hasMessage("Cannot make a table of 2 images: expected 384 bytes, got 5");
  }

  private static byte[] pixels(ImageTable table, int index) {
    byte[] pixels = new byte[BYTES];
    table.pixels(index, pixels);
    return pixels;
  }
}
