package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.network.Weights.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightsTest {

  private static Weights sized(int... sizes) {
    var tensors = new LinkedHashMap<String, Tensor>();
    for (int i = 0; i < sizes.length; i++) {
      tensors.put("t" + i, new Tensor(List.of((long) sizes[i]), new float[sizes[i]]));
    }
    return new Weights(tensors);
  }

  private static List<List<String>> names(List<Weights> ranges) {
    return ranges.stream().map(range -> List.copyOf(range.tensors().keySet())).toList();
  }

  @Test
  void rangesAreOfWholeTensorsAndOfSoManyBytesAtMost() {
    assertThat(names(sized(5, 5, 1, 30, 2, 3).ranges(44)))
        .containsExactly(List.of("t0", "t1", "t2"), List.of("t3"), List.of("t4", "t5"));
    assertThat(names(sized(5, 5).ranges(0))).containsExactly(List.of("t0"), List.of("t1"));
    assertThat(names(sized(5, 5).ranges(Long.MAX_VALUE))).containsExactly(List.of("t0", "t1"));
    assertThat(new Weights(Map.of()).ranges(7)).hasSize(1);
  }

  @Test
  void rangesOneAfterTheOtherAreTheWeights() {
    Weights weights = sized(3, 4, 5);

    assertThat(Weights.joined(weights.ranges(16)).tensors())
        .containsExactlyEntriesOf(weights.tensors());
  }
}
