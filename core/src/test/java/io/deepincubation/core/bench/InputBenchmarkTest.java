package io.deepincubation.core.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.augment.AugmentationSheet;
import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputBenchmarkTest {

  @Test
  void timesFilesOfTheSizesThatArePromised(@TempDir Path folder) throws IOException {
    var benchmark = new InputBenchmark(0.01);

    assertThat(benchmark.run(folder))
        .allSatisfy(speed -> assertThat(speed.imagesPerSecond()).isPositive())
        .hasSize(6);
    EncodedPicture picture = EncodedPicture.of(benchmark.files().get(0));
    assertThat(picture.height()).isEqualTo(375);
    assertThat(picture.width()).isEqualTo(500);
    assertThat(picture.file().length).isBetween(40_000, 140_000);
    EncodedPicture smaller = EncodedPicture.of(benchmark.smallerFiles().get(0));
    assertThat(smaller.height()).isEqualTo(256);
    assertThat(smaller.width()).isEqualTo(341);
  }

  @Test
  void showsEveryOperationInARow() {
    ContactSheet sheet = AugmentationSheet.of(ImageCodec.encodePng(TestImages.image(1)));

    assertThat(sheet.rows()).hasSize(15).allSatisfy(row -> assertThat(row).hasSize(7));
    assertThat(AugmentationSheet.names()).hasSize(15).startsWith("AUTO_CONTRAST");
  }
}
