package io.deepincubation.core.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.tracking.TrackerAddress.MlFlow;
import io.deepincubation.core.tracking.TrackerAddress.TensorBoard;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrackerAddressTest {

  @Test
  void readsFoldersOfTensorBoard() {
    assertThat(TrackerAddress.parse("tensorboard")).isEqualTo(new TensorBoard(""));
    assertThat(TrackerAddress.parse("tensorboard:s3a://lake/curves"))
        .isEqualTo(new TensorBoard("s3a://lake/curves"))
        .hasToString("tensorboard:s3a://lake/curves");
  }

  @Test
  void readsServersOfMlflow() {
    assertThat(TrackerAddress.parse("mlflow:http://127.0.0.1:5000/"))
        .isEqualTo(new MlFlow(URI.create("http://127.0.0.1:5000"), "deep-incubation"));
    assertThat(TrackerAddress.parse("mlflow:https://ml.example.com/base?experiment=my%20birds"))
        .isEqualTo(new MlFlow(URI.create("https://ml.example.com/base"), "my birds"))
        .hasToString("mlflow:https://ml.example.com/base");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tensorboard:",
        "tensorbord:/logs",
        "mlflow",
        "mlflow:databricks",
        "mlflow:file:/runs",
        "mlflow:http://host:5000?name=birds",
        "mlflow:http://host:5000?experiment=",
        "wandb:http://host"
      })
  void refusesAllElse(String text) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> TrackerAddress.parse(text))
        .withMessage(
            "Cannot track in "
                + text
                + ": expected tensorboard, tensorboard:URI of a folder, or"
                + " mlflow:http://HOST:PORT[?experiment=NAME]");
  }

  @Test
  void refusesPasswordsWithoutRepeatingThem() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> TrackerAddress.parse("mlflow:http://me:hidden@host:5000"))
        .withMessageContaining("MLFLOW_TRACKING_PASSWORD")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hidden"));
  }
}
