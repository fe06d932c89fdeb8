package io.deepincubation.core.inference;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DenseNetwork;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.network.NetworkFamily;
import io.deepincubation.core.network.NetworkSize;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.SlidingWindows;
import io.deepincubation.core.network.VisionTransformer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code config.json} in timm's words and the shapes of the tensors say of a network. Where
 * the configuration says nothing, the shapes tell.
 *
 * @param architecture the family, with image side and classes
 * @param division the depths; one module where the configuration names none
 * @param transform what images that are classified go through; null of other networks
 * @param scene what images of a dense task go through; null of other networks
 * @param tokenizer SHA-256 of what cuts texts; null where the network reads images
 * @param classNames a prediction is an index into them
 * @param severalLabels whether an image may have any number of the classes: outputs are the logits
 *     of each by itself
 */
record ModelConfiguration(
    Architecture architecture,
    ModularDivision division,
    @Nullable PixelTransform transform,
    @Nullable Scene scene,
    @Nullable String tokenizer,
    List<String> classNames,
    boolean severalLabels) {

  private static final Pattern LAYER = Pattern.compile("blocks\\.(\\d+)\\.norm1\\.weight");

  /** The key, and its value, by which Hugging Face's configurations tell of several labels. */
  private static final String PROBLEM = "problem_type";

  private static final String SEVERAL_LABELS = "multi_label_classification";

  private static final int HEAD_WIDTH = 64;
  private static final int HUGE_WIDTH = 1280;
  private static final int HUGE_HEADS = 16;

  /**
   * What images of a dense task go through.
   *
   * @param transform whole images
   * @param windows that a network of segmentation looks at them through
   * @param rules how the outputs of a network of detection become objects; null of others
   */
  record Scene(SceneTransform transform, SlidingWindows windows, @Nullable ObjectRules rules) {

    static Scene of(DenseConfiguration config, Architecture network) {
      return network instanceof DetectionNetwork
          ? new Scene(config.transform(), SlidingWindows.WHOLE, config.rules())
          : new Scene(config.transform(), config.windows(), null);
    }
  }

  /** Copies. */
  ModelConfiguration {
    classNames = List.copyOf(classNames);
  }

  /**
   * Understands a configuration.
   *
   * @param text of {@code config.json}
   * @param shapes of the tensors, by name
   * @throws UnfitDataException if it is of no network that this library knows
   */
  static ModelConfiguration of(String text, Map<String, List<Long>> shapes) {
    try {
      JsonObject config = JsonParser.parseString(text).getAsJsonObject();
      Architecture architecture = architecture(config, shapes);
      ModularDivision division = division(config, shapes);
      requireParameters(architecture, division);
      boolean dense = architecture instanceof DenseNetwork;
      return new ModelConfiguration(
          architecture,
          division,
          architecture.readsTexts() || dense ? null : transform(config, architecture),
          dense ? Scene.of(new DenseConfiguration(config), architecture) : null,
          architecture.readsTexts() ? tokenizer(config) : null,
          classNames(config, architecture),
          Keys.value(config, PROBLEM)
              .filter(told -> told.getAsString().equals(SEVERAL_LABELS))
              .isPresent());
    } catch (JsonParseException
        | IllegalStateException
        | NumberFormatException
        | UnsupportedOperationException
        | ArithmeticException e) {
      throw new UnfitDataException("expected a configuration as JSON, got " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UnfitDataException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A family may be divided in some ways only. */
  private static void requireParameters(Architecture architecture, ModularDivision division) {
    for (int i = 0; i < division.moduleCount(); i++) {
      if (architecture.parameters(division, i).isEmpty()) {
        throw new UnfitDataException("expected parameters of each module, got none of " + i);
      }
    }
  }

  private static Architecture architecture(JsonObject config, Map<String, List<Long>> shapes) {
    Optional<JsonElement> network = Keys.value(config, "network");
    if (network.isPresent()) {
      return ofFamily(Keys.group(config, "network"), config);
    }
    String name = Keys.value(config, "architecture").map(JsonElement::getAsString).orElse("");
    JsonObject model = Keys.group(config, "model_args");
    if (name.equals("cifar_resnet")) {
      int classes = side(shapes, "fc.weight", 0);
      return new ResidualNetwork(
          Keys.number(model, "img_size")
              .orElseThrow(() -> new UnfitDataException("expected an img_size, got none")),
          side(shapes, "conv1.weight", 0),
          classes);
    }
    if (name.startsWith("vit_") || name.startsWith("deit_")) {
      if (Keys.value(config, "task").isEmpty()) {
        return transformer(config, model, shapes, side(shapes, "head.weight", 0));
      }
      var dense = new DenseConfiguration(config);
      return dense.network(transformer(config, model, shapes, dense.classes()));
    }
    throw new UnfitDataException(
        "expected an architecture of vit_*, deit_* or cifar_resnet, got "
            + (name.isEmpty() ? "none" : name));
  }

  /** A network of which the recipe's group {@code model} tells all. */
  private static Architecture ofFamily(JsonObject network, JsonObject config) {
    String name = Keys.value(network, "family").map(JsonElement::getAsString).orElse("");
    NetworkFamily family =
        NetworkFamilies.find(name)
            .orElseThrow(() -> new UnfitDataException(NetworkFamilies.missing(name)));
    return family.architecture(
        new NetworkSize(
            Keys.number(network, "image").orElse(0),
            Keys.number(network, "patch").orElse(0),
            Keys.number(network, "width").orElse(0),
            Keys.number(network, "heads").orElse(0),
            Keys.number(config, "num_classes").orElse(0),
            texts(Keys.group(network, "options"))));
  }

  private static Map<String, String> texts(JsonObject group) {
    return group.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().getAsString()));
  }

  private static VisionTransformer transformer(
      JsonObject config, JsonObject model, Map<String, List<Long>> shapes, int classes) {
    int width = side(shapes, "patch_embed.proj.weight", 0);
    int patch = side(shapes, "patch_embed.proj.weight", 2);
    int patches = side(shapes, "pos_embed", 1) - 1;
    int image = patch * (int) Math.round(Math.sqrt(patches));
    int heads =
        Keys.number(model, "num_heads")
            .orElse(width == HUGE_WIDTH ? HUGE_HEADS : Math.max(1, width / HEAD_WIDTH));
    double epsilon =
        Keys.value(config, "norm_eps")
            .map(JsonElement::getAsDouble)
            .orElse(VisionTransformer.DEIT_EPSILON);
    return new VisionTransformer(image, patch, width, heads, classes, epsilon);
  }

  private static int side(Map<String, List<Long>> shapes, String tensor, int dimension) {
    List<Long> shape = shapes.get(tensor);
    if (shape == null || shape.size() <= dimension) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT, "expected a tensor %s of a known shape, got %s", tensor, shape));
    }
    return Math.toIntExact(shape.get(dimension));
  }

  private static ModularDivision division(JsonObject config, Map<String, List<Long>> shapes) {
    Optional<JsonArray> told = Keys.list(config, "division");
    if (told.isEmpty()) {
      int layers = (int) shapes.keySet().stream().filter(LAYER.asMatchPredicate()).count();
      return new ModularDivision(List.of(layers));
    }
    List<Integer> depths = told.get().asList().stream().map(JsonElement::getAsInt).toList();
    if (depths.stream().mapToLong(depth -> depth).sum() > shapes.size()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "expected a division of the layers that are there, got %s for %d tensors",
              depths,
              shapes.size()));
    }
    return new ModularDivision(depths);
  }

  private static PixelTransform transform(JsonObject config, Architecture architecture) {
    JsonObject pretrained = Keys.group(config, "pretrained_cfg");
    int side = (int) architecture.inputShape().get(1);
    PixelTransform deit = PixelTransform.deit(side);
    requireOnly(pretrained, "interpolation", "bicubic");
    requireOnly(pretrained, "crop_mode", "center");
    double crop =
        Keys.value(pretrained, "crop_pct").map(JsonElement::getAsDouble).orElse(deit.crop());
    return new PixelTransform(
        side,
        crop,
        Keys.numbers(pretrained, "mean", deit.mean()),
        Keys.numbers(pretrained, "std", deit.std()));
  }

  private static String tokenizer(JsonObject config) {
    return Keys.value(Keys.group(config, "tokenizer"), "sha256")
        .map(JsonElement::getAsString)
        .orElseThrow(() -> new UnfitDataException("expected tokenizer.sha256, got none"));
  }

  /** What images go through here is one way of timm's many. */
  private static void requireOnly(JsonObject pretrained, String key, String known) {
    String told = Keys.value(pretrained, key).map(JsonElement::getAsString).orElse(known);
    if (!told.equals(known)) {
      throw new UnfitDataException(
          String.format(Locale.ROOT, "expected pretrained_cfg.%s %s, got %s", key, known, told));
    }
  }

  private static List<String> classNames(JsonObject config, Architecture architecture) {
    int classes = architecture.classes();
    Optional<JsonArray> told = Keys.list(config, "label_names");
    if (told.isEmpty()) {
      return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }
    List<String> names = told.get().asList().stream().map(JsonElement::getAsString).toList();
    if (names.size() != classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT, "expected label_names of %d classes, got %d", classes, names.size()));
    }
    return names;
  }
}
