package io.deepincubation.core.inference;

import io.deepincubation.core.script.TorchEngine;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The files by which MLflow knows a TorchScript model: {@code MLmodel} with its flavor {@code
 * pytorch}, and as a {@code python_function} by MLflow's own loader (<a
 * href="https://mlflow.org/docs/latest/ml/model/">MLflow Models</a>).
 */
final class MlFlowModel {

  private static final String MODEL =
      """
      flavors:
        python_function:
          data: %1$s
          env:
            virtualenv: python_env.yaml
          loader_module: mlflow.pytorch
          python_version: %3$s
        pytorch:
          model_data: %1$s
          pytorch_version: %2$s
      mlflow_version: 2.22.0
      signature:
        inputs: '%4$s'
        outputs: '%5$s'
      """;

  private static final String ENVIRONMENT =
      """
      python: %s
      build_dependencies:
      - pip
      dependencies:
      - -r requirements.txt
      """;

  private static final String REQUIREMENTS =
      """
      mlflow>=2.9
      torch>=2.2
      """;

  /** The version of Python that MLflow sets up where it is asked to. */
  private static final String PYTHON = "3.11.0";

  private MlFlowModel() {}

  /** The texts of the files, by name. */
  static Map<String, String> of(ModelFolder model) {
    long[] image = model.architecture().inputShape().getShape();
    boolean dense = model.task() != ModelTask.CLASSIFICATION;
    long classes = model.architecture().classes();
    long[] batch =
        dense
            ? new long[] {-1, image[0], -1, -1}
            : LongStream.concat(LongStream.of(-1), Arrays.stream(image)).toArray();
    long[] logits = dense ? new long[] {-1, classes, -1, -1} : new long[] {-1, classes};
    return Map.of(
        "MLmodel",
        String.format(
            Locale.ROOT,
            MODEL,
            ModelExport.SCRIPT,
            TorchEngine.version().replaceAll("[^0-9.]", ""),
            PYTHON,
            tensor(batch),
            tensor(logits)),
        "python_env.yaml",
        String.format(Locale.ROOT, ENVIRONMENT, PYTHON),
        "requirements.txt",
        REQUIREMENTS);
  }

  /** Of fp32 numbers. */
  private static String tensor(long... shape) {
    return String.format(
        Locale.ROOT,
        "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\", \"shape\": %s}}]",
        Arrays.toString(shape));
  }
}
