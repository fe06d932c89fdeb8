package io.deepincubation.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicesTest {

  private static final int CLUSTER = -1;

  @Test
  void takesTheAddressThatSparkAssigned() {
    assertThat(Devices.choose(DeviceChoice.AUTO, List.of("2"), CLUSTER, () -> 4))
        .isEqualTo(Device.gpu(2));
  }

  @Test
  void takesAllAddressesThatSparkAssigned() {
    assertThat(Devices.all(List.of("2", "0"), () -> 4))
        .containsExactly(Device.gpu(2), Device.gpu(0));
    assertThatThrownBy(() -> Devices.all(List.of("0", "1"), () -> 1))
        .hasMessageStartingWith("Cannot compute on GPU 1: expected an address below the 1 GPUs");
  }

  @Test
  void tasksOfOneProcessTakeGpusInTurn() {
    assertThat(Devices.choose(DeviceChoice.AUTO, List.of(), 3, () -> 2)).isEqualTo(Device.gpu(1));
  }

  @Test
  void computesOnTheProcessorWhereNobodyAskedForMore() {
    assertThat(Devices.choose(DeviceChoice.AUTO, List.of(), CLUSTER, () -> 4))
        .isEqualTo(Device.cpu());
    assertThat(Devices.choose(DeviceChoice.AUTO, List.of(), 0, () -> 0)).isEqualTo(Device.cpu());
    assertThat(Devices.choose(DeviceChoice.CPU, List.of("0"), CLUSTER, () -> 4))
        .isEqualTo(Device.cpu());
  }

  @Test
  void anAssignedGpuThatTheEngineDoesNotSeeIsAnError() {
    assertThatThrownBy(() -> Devices.choose(DeviceChoice.AUTO, List.of("1"), CLUSTER, () -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot compute on GPU 1: expected an address below the 1 GPUs")
        .hasMessageEndingWith("or set spark.deepincubation.device=cpu");
  }

  @Test
  void anAssignedGpuWithAnUnreadableAddressIsAnError() {
    assertThatThrownBy(() -> Devices.choose(DeviceChoice.AUTO, List.of("GPU-7"), CLUSTER, () -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot compute on GPU GPU-7");
  }

  @Test
  void aWishedGpuThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> Devices.choose(DeviceChoice.GPU, List.of(), CLUSTER, () -> 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot compute on a GPU: expected Spark to assign one, got none");
    assertThatThrownBy(() -> Devices.choose(DeviceChoice.GPU, List.of(), 0, () -> 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot compute on a GPU: expected one on this machine");
  }

  @Test
  void refusesOtherWords() {
    assertThatThrownBy(() -> DeviceChoice.named("tpu"))
        .isInstanceOf(UsageException.class)
        .hasMessage("Cannot use spark.deepincubation.device: expected auto, gpu or cpu, got tpu");
  }
}
