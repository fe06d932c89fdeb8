package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SplitSizeTest {

  private static final long FILE_BYTES = 5_000_000_000L;

  private static DataIndex index(ImageSizes sizes) {
    var range = new FileRange(0, 10, "00");
    var shard =
        new DataIndex.Shard(
            "train/part-0",
            1000,
            "00",
            FILE_BYTES,
            List.of(new DataIndex.RowGroup(1000, range)),
            range);
    return new DataIndex(
        DataIndex.FORMAT_VERSION,
        sizes,
        3,
        List.of("ant"),
        List.of(0.5, 0.5, 0.5),
        List.of(0.2, 0.2, 0.2),
        Map.of("train", List.of(1000)),
        Map.of("train", List.of(shard)));
  }

  @Test
  void holdsSmallSquaresDecodedInMemory() {
    assertThat(SplitSize.of(index(ImageSizes.of(32, 32)), "train"))
        .isEqualTo(new SplitSize(FILE_BYTES, 3_072_000, 3_072_000));
  }

  @Test
  void holdsTwoWindowsOfPhotographsInMemory() {
    assertThat(SplitSize.of(index(new ImageSizes(256, 256, 256, 500)), "train"))
        .isEqualTo(new SplitSize(FILE_BYTES, 384_000_000L, 32L * (8 << 20)));
    assertThat(SplitSize.of(index(ImageSizes.of(256, 341)), "train").memoryBytes())
        .isEqualTo(32L * (8 << 20));
  }
}
