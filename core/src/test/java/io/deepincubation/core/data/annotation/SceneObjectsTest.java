package io.deepincubation.core.data.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SceneObjectsTest {

  private static final SceneObjects SCENE =
      new SceneObjects(
          20,
          26,
          List.of(
              SceneObject.of(3, Box.ofSize(1.5, 2.25, 10, 7)),
              SceneObject.of(
                  0,
                  Box.ofSize(3, 2, 17, 13),
                  RunLengths.parse("n1=70000000000000000000000000000000f3", 20, 26)),
              new SceneObject(
                  500, new Box(0, 0, 26, 20), RunLengths.parse("0X`0", 20, 26), true, 519.75)));

  @Test
  void surviveTheirBytes() throws IOException {
    assertThat(SceneObjects.fromBytes(SCENE.toBytes())).isEqualTo(SCENE);
    SceneObjects none = new SceneObjects(3, 4, List.of());
    assertThat(SceneObjects.fromBytes(none.toBytes())).isEqualTo(none);
    assertThat(none.toBytes()).hasSize(8);
  }

  @Test
  void areAsLargeAsTheirMask() {
    assertThat(SCENE.objects().get(1).area()).isEqualTo(221);
    assertThat(SCENE.objects().get(0).area()).isEqualTo(70);
  }

  @Test
  void refuseBytesWithAnyBitAltered() {
    byte[] bytes = SCENE.toBytes();
    for (int i = 0; i < bytes.length * Byte.SIZE; i++) {
      byte[] altered = bytes.clone();
      altered[i / Byte.SIZE] ^= (byte) (1 << i % Byte.SIZE);
      assertThatThrownBy(() -> SceneObjects.fromBytes(altered))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cut off or altered");
    }
  }

  @Test
  void refuseBytesThatAreCutOff() {
    byte[] bytes = SCENE.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> SceneObjects.fromBytes(part)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refuseMasksOfAnotherSize() {
    RunLengths mask = RunLengths.parse("6", 2, 3);
    assertThatThrownBy(() -> new SceneObjects(3, 2, List.of(SceneObject.of(0, mask.box(), mask))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot annotate an image: expected masks of 3 x 2, got one of 2 x 3");
  }

  @Test
  void refuseObjectsOfNoClass() {
    assertThatThrownBy(() -> SceneObject.of(-1, new Box(0, 0, 1, 1)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("got class -1 and area 1.0");
  }
}
