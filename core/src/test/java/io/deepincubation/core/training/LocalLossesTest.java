package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.network.AuxiliaryKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalLossesTest {

  @Test
  void goesEvenlyFromTheFirstModuleToTheLastWithALocalLoss() {
    assertThat(LocalLosses.interpolated(5, 0, 4)).containsExactly(5.0, 2.5, 0.0);
    assertThat(LocalLosses.interpolated(0, 1, 3)).containsExactly(0.0, 1.0);
    assertThat(LocalLosses.interpolated(5, 1, 2)).containsExactly(5.0);
    assertThat(LocalLosses.interpolated(5, 1, 1)).isEmpty();
  }

  @Test
  void hasNoAuxiliaryNetworkWhereItsFactorIsZero() {
    var losses = LocalLosses.infoPro(List.of(5.0, 2.5, 0.0), List.of(0.0, 0.5, 1.0));

    assertThat(losses.moduleCount()).isEqualTo(4);
    assertThat(losses.auxiliaries(0)).containsExactly(AuxiliaryKind.INFOPRO_DECODER);
    assertThat(losses.auxiliaries(1))
        .containsExactly(AuxiliaryKind.INFOPRO_HEAD, AuxiliaryKind.INFOPRO_DECODER);
    assertThat(losses.auxiliaries(2)).containsExactly(AuxiliaryKind.INFOPRO_HEAD);
    assertThat(losses.auxiliaries(3)).isEmpty();
  }

  @Test
  void dglHasHeadsAlone() {
    var losses = LocalLosses.dgl(3);

    assertThat(losses.auxiliaries(0)).containsExactly(AuxiliaryKind.DGL_HEAD);
    assertThat(losses.auxiliaries(1)).containsExactly(AuxiliaryKind.DGL_HEAD);
    assertThat(losses.auxiliaries(2)).isEmpty();
  }

  @Test
  void rejectsAModuleWithoutALoss() {
    assertThatThrownBy(() -> LocalLosses.infoPro(List.of(1.0, 0.0), List.of(1.0, 0.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot train module 1 by a loss of its own: expected factors of at least 0, one of"
                + " them above, got lambda1 0.0 and lambda2 0.0");
  }

  @Test
  void rejectsNegativeFactors() {
    assertThatThrownBy(() -> LocalLosses.infoPro(List.of(-1.0), List.of(2.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got lambda1 -1.0 and lambda2 2.0");
  }

  @Test
  void rejectsFactorsOfDifferentModules() {
    assertThatThrownBy(() -> LocalLosses.infoPro(List.of(1.0), List.of(1.0, 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot weigh local losses by [1.0] and [1.0, 1.0]: expected as many of both");
  }

  @Test
  void rejectsADecoderForAHead() {
    assertThatThrownBy(
            () -> new LocalLosses(AuxiliaryKind.INFOPRO_DECODER, List.of(1.0), List.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot classify by INFOPRO_DECODER: expected a head");
  }
}
