package io.deepincubation.core.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SyntheticShapesTest {

  private static final SyntheticShapes SHAPES = new SyntheticShapes(5, 32, 60, 24);

  @Test
  void namesItsTwelveClasses() {
    assertThat(SHAPES.classNames())
        .hasSize(12)
        .doesNotHaveDuplicates()
        .contains("striped circle", "dotted cross");
  }

  @Test
  void balancesTheClasses() {
    assertThat(SHAPES.samples("test"))
        .toIterable()
        .extracting(Sample::label)
        .hasSize(24)
        .containsSubsequence(0, 1, 11, 0, 1, 11);
  }

  @Test
  void drawsASampleAloneAsInItsRange() {
    Sample alone = SHAPES.samples("train", 17, 18).next();
    Sample again = new SyntheticShapes(5, 32, 18, 1).samples("train", 17, 18).next();

    assertThat(alone.image()).isEqualTo(again.image());
  }

  @Test
  void drawsOtherImagesForAnotherSeedSplitOrPlace() {
    byte[] image = SHAPES.samples("train").next().image();

    assertThat(image).isNotEqualTo(SHAPES.samples("test").next().image());
    assertThat(image).isNotEqualTo(SHAPES.samples("train", 12, 13).next().image());
    assertThat(image)
        .isNotEqualTo(new SyntheticShapes(6, 32, 60, 24).samples("train").next().image());
  }

  @Test
  void drawsImagesOfTheWantedSide() throws IOException {
    Sample sample = new SyntheticShapes(5, 48, 1, 1).samples("train").next();

    assertThat(ImageCodec.decode(sample.image()).size()).isEqualTo("48 x 48");
  }

  @Test
  void rejectsAnUnknownSplit() {
    assertThatThrownBy(() -> SHAPES.count("val"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot draw split val: expected one of [train, test]");
  }

  @Test
  void rejectsASideTooSmallForShapes() {
    assertThatThrownBy(() -> new SyntheticShapes(5, 4, 1, 1))
        .hasMessage("Cannot draw images: expected a side from 8 and counts from 1, got 4, 1 and 1");
  }
}
