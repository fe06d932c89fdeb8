package io.deepincubation.core.division;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModularDivisionTest {

  @Test
  void dividesEvenly() {
    var division = ModularDivision.even(12, 4);
    assertThat(division.depths()).containsExactly(3, 3, 3, 3);
    assertThat(division.offset(2)).isEqualTo(6);
    assertThat(division.depth()).isEqualTo(12);
  }

  @Test
  void hybridReplacesOneModule() {
    var meta = ModularDivision.even(4, 4);
    assertThat(meta.hybrid(ModularDivision.even(12, 4), 1).depths()).containsExactly(1, 3, 1, 1);
  }

  @Test
  void rejectsDepthThatIsNotAMultiple() {
    assertThatThrownBy(() -> ModularDivision.even(10, 4))
        .hasMessage(
            "Cannot divide 10 layers evenly into 4 modules: expected a depth that is a multiple of"
                + " the number of modules, or explicit depths");
  }

  @Test
  void rejectsZeroDepth() {
    assertThatThrownBy(() -> new ModularDivision(List.of(1, 0)))
        .hasMessage("Cannot divide into depths [1, 0]: expected at least 1 layer a module, got 0");
  }

  @Test
  void rejectsPairOfDifferentModuleCounts() {
    assertThatThrownBy(() -> ModularDivision.even(4, 4).hybrid(ModularDivision.even(6, 3), 0))
        .hasMessage("Cannot pair division (1,1,1,1) with (2,2,2): expected 4 modules, got 3");
  }
}
