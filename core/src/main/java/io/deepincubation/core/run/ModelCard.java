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
      pipeline_tag: %12$s
      tags:
      - %12$s
      - deep-incubation
      model-index:
      - name: "%1$s"
        results:
        - task:
            type: %12$s
          dataset:
            type: "%2$s"
            name: "%2$s"
          metrics:
      %3$s---

      # %1$s

      %14$s, trained by Deep Incubation on Spark: stage `%4$s`, architecture `%5$s`. The license in the first
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

      On a data frame of %15$s, in Java or Scala with Spark:

      ```java
      IncubatedModel.load(spark, "FOLDER").transform(%15$s);
      ```

      %13$s
      %11$s\
      """;

  private static final String IMAGES_IN_PYTHON =
      """
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
      ```\
      """;

  private static final String TEXTS_IN_PYTHON =
      """
      In Python with PyTorch and Hugging Face's tokenizers, of `export --format torchscript`; the input is a batch of token
      numbers, -1 where a text has no more, the output their logits:

      ```python
      import json, tokenizers, torch

      model = torch.jit.load("FOLDER/model.pt")
      length = json.load(open("FOLDER/config.json"))["tokenizer"]["max_length"]
      tokenizer = tokenizers.Tokenizer.from_file("FOLDER/tokenizer.json")
      tokenizer.enable_truncation(length)

      def inputs(texts):
          numbers = [tokenizer.encode(text).ids for text in texts]
          return torch.tensor([ids + [-1] * (length - len(ids)) for ids in numbers], dtype=torch.float32)
      ```\
      """;

  private static final String PIXELS_IN_PYTHON =
      """
      In Python with PyTorch, of `export --format torchscript`, or with MLflow, of `export --format mlflow`; the input is a batch
      of images resized within `scene` in `config.json` and normalised by its mean and standard deviation, the output the logits
      of each class for the image padded right and below to whole patches, at a part of its size:

      ```python
      import torch

      model = torch.jit.load("FOLDER/model.pt")
      ```\
      """;

  private static final String NOT_IN_PYTHON =
      """
      Its columns are `objects`, with class, score, box and the run lengths of the mask, and `reason`.\
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
    Task task = Task.of(configuration);
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
        run.map(ModelCard::recipe).orElse(""),
        task.tag(),
        task.inPython(),
        task.what(),
        task.samples());
  }

  /**
   * What a network does.
   *
   * @param tag that the Hub knows it by
   * @param what it is, in words
   * @param samples that it takes
   * @param inPython how to load it there
   */
  private record Task(String tag, String what, String samples, String inPython) {

    static Task of(Map<String, Object> configuration) {
      if (configuration.containsKey("tokenizer")) {
        return new Task("text-classification", "A classifier of texts", "texts", TEXTS_IN_PYTHON);
      }
      Object dense = configuration.get("task");
      if (dense == null) {
        return new Task(
            "image-classification", "A classifier of images", "images", IMAGES_IN_PYTHON);
      }
      return dense.equals("segmentation")
          ? new Task(
              "image-segmentation",
              "A network that tells the class of each pixel of images",
              "images",
              PIXELS_IN_PYTHON)
          : new Task(
              "object-detection",
              "A network that finds objects on images, with boxes and masks",
              "images",
              NOT_IN_PYTHON);
    }
  }

  private static Map<String, Double> measured(StageResult result) {
    Metrics metrics = result.metrics();
    return metrics == null
        ? result.measuredAccuracy().map(top1 -> Map.of(Metrics.TOP1, top1)).orElse(Map.of())
        : metrics.values();
  }

  /** The list of the front matter; the Hub has names of its own for some. */
  private static String metrics(Map<String, Double> measured) {
    return measured.entrySet().stream()
        .map(
            one ->
                String.format(
                    Locale.ROOT,
                    "    - type: %s\n      name: %s\n      value: %s\n",
                    type(one.getKey()),
                    quoted(one.getKey()),
                    one.getValue()))
        .collect(Collectors.joining());
  }

  private static String type(String measure) {
    return switch (measure) {
      case Metrics.TOP1 -> "accuracy";
      case Metrics.MEAN_IOU -> "mean_iou";
      default -> quoted(measure);
    };
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
        .collect(Collectors.joining("\n", "| on the test split | |\n|---|---|\n", ""));
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
