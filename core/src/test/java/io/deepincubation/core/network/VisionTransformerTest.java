package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.division.ModularDivision;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisionTransformerTest {

  @ParameterizedTest
  @CsvSource({
    "32, 4, 192, 3, 100, 32, 14277412",
    "224, 16, 768, 12, 1000, 12, 86567656",
    "224, 16, 1024, 16, 1000, 24, 304326632",
    "224, 14, 1280, 16, 1000, 32, 632045800"
  })
  void hasTheParametersOfThePaper(
      int image, int patch, int width, int heads, int classes, int depth, long parameters) {
    var vit = new VisionTransformer(image, patch, width, heads, classes, 1e-6);
    var division = ModularDivision.even(depth, 4);
    long size =
        IntStream.range(0, 4)
            .mapToObj(i -> vit.parameters(division, i))
            .flatMap(List::stream)
            .mapToLong(ParameterSpec::size)
            .sum();
    assertThat(size).isEqualTo(parameters);
  }

  @Test
  void namesLayersThroughTheWholeNetwork() {
    var vit = new VisionTransformer(32, 8, 8, 2, 10, 1e-6);
    assertThat(vit.parameters(new ModularDivision(List.of(2, 1)), 1))
        .extracting(ParameterSpec::name)
        .startsWith("blocks.2.norm1.weight", "blocks.2.norm1.bias", "blocks.2.attn.qkv.weight")
        .endsWith("norm.weight", "norm.bias", "head.weight", "head.bias");
  }

  @Test
  void countsTheOperationsOfTheReferenceNetwork() {
    var vit = new VisionTransformer(32, 4, 192, 3, 100, 1e-6);
    var division = ModularDivision.even(32, 4);
    double flops = IntStream.range(0, 4).mapToDouble(i -> vit.forwardFlops(division, i)).sum();
    assertThat(3 * flops).isCloseTo(5.84e9, within(0.05e9));
  }

  @Test
  void initialWeightsDependOnNothingButTheirKey() {
    var vit = new VisionTransformer(32, 8, 8, 2, 10, 1e-6);
    Weights deep = vit.initialWeights(new ModularDivision(List.of(1, 1)), 1, 5, "meta");
    Weights again = vit.initialWeights(new ModularDivision(List.of(3, 1)), 1, 5, "meta");
    assertThat(again.tensor("blocks.3.attn.qkv.weight").values())
        .isEqualTo(deep.tensor("blocks.1.attn.qkv.weight").values());
    Weights other = vit.initialWeights(new ModularDivision(List.of(1, 1)), 1, 5, "target");
    assertThat(other.tensor("blocks.1.attn.qkv.weight").values())
        .isNotEqualTo(deep.tensor("blocks.1.attn.qkv.weight").values());
  }

  @Test
  void rejectsWidthThatHeadsDoNotDivide() {
    assertThatThrownBy(() -> new VisionTransformer(32, 4, 100, 3, 10, 1e-6))
        .hasMessage("Cannot split width 100 over 3 heads: expected a divisor of the width");
  }

  @Test
  void rejectsPatchThatDoesNotDivideTheImage() {
    assertThatThrownBy(() -> new VisionTransformer(32, 5, 100, 4, 10, 1e-6))
        .hasMessage("Cannot cut an image of side 32 into patches of side 5: expected a divisor");
  }
}
