package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.network.Interpolation;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.Weights;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Weights for other sizes against PyTorch's numbers. */
class GoldenInterpolationTest {

  private static final double TOLERANCE = 1e-5;
  private static final Grid STORED = new Grid(4, 4);

  private final Weights golden = Golden.tensors("downstream/resize");

  @Test
  void positionsMatch() {
    for (Grid grid : List.of(new Grid(6, 5), new Grid(8, 8), new Grid(3, 4))) {
      String name = "pos_embed." + grid.height() + "x" + grid.width();
      Weights.Tensor found = Interpolation.position(golden.tensor("pos_embed"), STORED, grid);
      assertMatches(name, found);
    }
  }

  @Test
  void filtersMatch() {
    assertMatches("filters16", Interpolation.filters(golden.tensor("filters14"), 16));
    assertMatches("filters8_from_4", Interpolation.filters(golden.tensor("filters4"), 8));
  }

  private void assertMatches(String name, Weights.Tensor found) {
    Weights.Tensor wanted = golden.tensor(name);
    assertThat(found.shape()).as(name).isEqualTo(wanted.shape());
    Golden.assertClose(name, found.values(), wanted.values(), TOLERANCE);
  }

  @Test
  void leavesWhatHasTheSizeAsItIs() {
    Weights.Tensor position = golden.tensor("pos_embed");
    Weights.Tensor filters = golden.tensor("filters14");

    assertThat(Interpolation.position(position, STORED, new Grid(4, 4))).isSameAs(position);
    assertThat(Interpolation.filters(filters, 14)).isSameAs(filters);
  }

  @Test
  void rejectsAnEmbeddingOfAnotherGrid() {
    Weights.Tensor position = golden.tensor("pos_embed");

    assertThatThrownBy(() -> Interpolation.position(position, new Grid(4, 5), STORED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot interpolate a position embedding: expected shape 1 x 21 x D, got [1, 17, 6]");
  }

  @Test
  void rejectsFiltersThatAreNotSquare() {
    var filters = new Weights.Tensor(List.of(1L, 1L, 2L, 3L), new float[6]);

    assertThatThrownBy(() -> Interpolation.filters(filters, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot interpolate filters of patches: expected D x colours x side x side, got shape"
                + " [1, 1, 2, 3]");
  }

  @Test
  void rejectsAGridOfNothing() {
    assertThatThrownBy(() -> new Grid(0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make a grid of 0 x 3 patches: expected at least 1 x 1");
  }
}
