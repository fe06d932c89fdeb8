package io.deepincubation.core.run;

import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.text.Quantities;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A model's {@code README.md}, with the front matter that Hugging Face's Hub reads (<a
 * href="https://huggingface.co/docs/hub/model-cards">model cards</a>). Its bytes follow from the
 * stage's key and what it measured: no times, no paths.
 */
final class ModelCard {

  private static final String CARD =
      """
      ---
      license: unknown
      pipeline_tag: image-classification
      tags:
      - image-classification
      - deep-incubation
      model-index:
      - name: "%1$s"
        results:
        - task:
            type: image-classification
          dataset:
            type: "%2$s"
            name: "%2$s"
          metrics:
      %3$s---

      # %1$s

      An image classifier, trained by Deep Incubation on Spark: stage `%4$s`, architecture `%5$s`. The license in the first
      lines is to be filled in by whoever publishes it.

      ## What it was measured to be worth

      %6$s

      ## What it was trained on

      - data: a prepared set of digest `%2$s`
      - classes: %7$d

      %8$s

      ## What it cost

      %9$s

      - SHA-256 of the weights: `%10$s`

      ## How to load it

      On a data frame of images, in Java or Scala with Spark:

      ```java
      IncubatedModel.load(spark, "FOLDER").transform(images);
      ```

      In Python with timm, of `export --format timm` and a network that timm has:

      ```python
      import json, timm

      config = json.load(open("FOLDER/config.json"))
      model = timm.create_model(
          config["architecture"],
          num_classes=len(config["label_names"]),
          checkpoint_path="FOLDER/model.safetensors",
          **config["model_args"],
      ).eval()
      transform = timm.data.create_transform(
          **timm.data.resolve_data_config(pretrained_cfg=config["pretrained_cfg"])
      )
      ```

      In Python with PyTorch alone, of `export --format torchscript`, or with MLflow, of `export --format mlflow`; the input is a
      batch of images as `pretrained_cfg` in `config.json` says, the output their logits:

      ```python
      import torch

      model = torch.jit.load("FOLDER/model.pt")
      ```
      %11$s\
      """;

  private static final String RECIPE =
      """

      ## Recipe

      ```yaml
      %s```
      """;

  private ModelCard() {}

  /**
   * The card of a whole network.
   *
   * @param result what was done
   * @param configuration what {@code config.json} says of the network
   * @param folder of the run
   */
  static String of(StageResult result, Map<String, Object> configuration, RunFolder folder) {
    Optional<RunRecord> run = folder.runRecord();
    String name = run.map(RunRecord::recipeName).orElse(result.stage());
    String data =
        Optional.ofNullable(result.key()).map(key -> key.facts().get("data")).orElse("unknown");
    Map<String, Double> measured = measured(result);
    return String.format(
        Locale.ROOT,
        CARD,
        name,
        data,
        metrics(measured),
        result.stage(),
        configuration.get("architecture"),
        measured.isEmpty() ? "It was not measured." : table(measured),
        RunFolder.classNames(configuration).size(),
        list(RunFolder.classNames(configuration)),
        cost(result, folder),
        result.sha256(),
        run.map(ModelCard::recipe).orElse(""));
  }

  private static Map<String, Double> measured(StageResult result) {
    Metrics metrics = result.metrics();
    return metrics == null
        ? result.measuredAccuracy().map(top1 -> Map.of(Metrics.TOP1, top1)).orElse(Map.of())
        : metrics.values();
  }

  /** The list of the front matter; the Hub calls top-1 accuracy. */
  private static String metrics(Map<String, Double> measured) {
    return measured.entrySet().stream()
        .map(
            one ->
                String.format(
                    Locale.ROOT,
                    "    - type: %s\n      name: %s\n      value: %s\n",
                    one.getKey().equals(Metrics.TOP1) ? "accuracy" : quoted(one.getKey()),
                    quoted(one.getKey()),
                    one.getValue()))
        .collect(Collectors.joining());
  }

  private static String quoted(String name) {
    return Json.line(name);
  }

  private static String table(Map<String, Double> measured) {
    return measured.entrySet().stream()
        .map(
            one ->
                String.format(
                    Locale.ROOT, "| %s | %.4f |", one.getKey().replace("|", "\\|"), one.getValue()))
        .collect(Collectors.joining("\n", "| on the test images | |\n|---|---|\n", ""));
  }

  private static String list(List<String> names) {
    return names.stream()
        .map(name -> "`" + name.replace("`", "'") + "`")
        .collect(Collectors.joining(", "));
  }

  /** The stage's own, and that of all it needed, as far as the folder has it. */
  private static String cost(StageResult result, RunFolder folder) {
    var stages = new LinkedHashMap<String, StageResult>();
    gather(result, folder, stages);
    var lines = new TreeMap<String, String>();
    stages.forEach(
        (name, stage) -> lines.put(name, row(name, stage.images(), stage.trainingFlops())));
    double all = stages.values().stream().mapToDouble(StageResult::trainingFlops).sum();
    long images = stages.values().stream().mapToLong(StageResult::images).sum();
    return "| stage | images | training |\n|---|---|---|\n"
        + String.join("\n", lines.values())
        + "\n"
        + row("all", images, all);
  }

  private static String row(String stage, long images, double flops) {
    return "| " + stage + " | " + Quantities.count(images) + " | " + Quantities.flops(flops) + " |";
  }

  private static void gather(
      StageResult result, RunFolder folder, Map<String, StageResult> stages) {
    StageKey key = result.key();
    if (stages.put(result.stage(), result) != null || key == null) {
      return;
    }
    String needs = "needs.";
    key.facts().keySet().stream()
        .filter(fact -> fact.startsWith(needs))
        .flatMap(fact -> folder.result(fact.substring(needs.length())).stream())
        .forEach(needed -> gather(needed, folder, stages));
  }

  private static String recipe(RunRecord run) {
    return String.format(
        Locale.ROOT,
        RECIPE,
        RecipeYaml.toYaml(RecipeYaml.ofTree(run.recipe(), "the run's recipe")));
  }
}
