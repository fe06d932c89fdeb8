package io.deepincubation.core.inference;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.method.Transfer;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.SlidingWindows;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFolder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trained model: {@code config.json} beside weights, as a run leaves it in {@code final}, as
 * {@code export --format timm} writes it, or as timm itself saves a vision transformer.
 */
@Evolving
public final class ModelFolder {

  /** The configuration's name in a model's folder. */
  static final String CONFIGURATION = "config.json";

  /** Stages of a run that end in its model. */
  private static final List<String> MODELS = List.of(Stages.FINAL, Transfer.NAME);

  private final Storage folder;
  private final String text;
  private final WeightsFolder files;
  private final ModelConfiguration configuration;

  /** Read once, when it is asked for. */
  private @Nullable Tokenizer tokenizer;

  private ModelFolder(
      Storage folder, String text, WeightsFolder files, ModelConfiguration configuration) {
    this.folder = folder;
    this.text = text;
    this.files = files;
    this.configuration = configuration;
  }

  /**
   * Reads a model's configuration; its weights are read later.
   *
   * @throws UnfitDataException if there is no model, or one of a network that this library does not
   *     know
   * @throws StorageException if the file system refuses
   */
  public static ModelFolder open(Storage folder) {
    if (!folder.exists(CONFIGURATION)) {
      Optional<String> model =
          MODELS.stream().filter(name -> folder.exists(name + "/" + CONFIGURATION)).findFirst();
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot load a model from %s: expected %s, got no such file; %s",
              folder.uri(),
              CONFIGURATION,
              model
                  .map(name -> "the run's model is " + folder.uri() + "/" + name)
                  .orElse("name the folder final of a finished run, or an exported one")));
    }
    WeightsFolder files = WeightsFolder.open(folder);
    String text = folder.text(CONFIGURATION);
    try {
      return new ModelFolder(folder, text, files, ModelConfiguration.of(text, files.shapes()));
    } catch (UnfitDataException e) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT, "Cannot load a model from %s: %s", folder.uri(), e.getMessage()),
          e);
    }
  }

  /** Where the model lies. */
  public String uri() {
    return folder.uri();
  }

  /** The text of {@code config.json}. */
  String configuration() {
    return text;
  }

  /** The text of the model card, where there is one. */
  Optional<String> card() {
    return folder.exists(RunFolder.CARD)
        ? Optional.of(folder.text(RunFolder.CARD))
        : Optional.empty();
  }

  /** The network's family. */
  public Architecture architecture() {
    return configuration.architecture();
  }

  /** The network's depths. */
  public ModularDivision division() {
    return configuration.division();
  }

  /** Whether the model reads texts instead of images. */
  public boolean readsTexts() {
    return architecture().readsTexts();
  }

  /** What the model tells of its samples. */
  public ModelTask task() {
    Architecture network = architecture();
    if (network instanceof SegmentationNetwork) {
      return ModelTask.SEGMENTATION;
    }
    return network instanceof DetectionNetwork ? ModelTask.DETECTION : ModelTask.CLASSIFICATION;
  }

  /**
   * Checks what the model tells.
   *
   * @throws UnfitDataException if it is something else
   */
  void requireTask(ModelTask expected) {
    if (task() != expected) {
      throw other("one of " + expected.word(), "one of " + task().word());
    }
  }

  /**
   * What images go through before the network.
   *
   * @throws UnfitDataException if the model reads texts, or classifies no whole images
   */
  public PixelTransform transform() {
    requireTask(ModelTask.CLASSIFICATION);
    PixelTransform transform = configuration.transform();
    if (transform == null) {
      throw other("one that reads images", "one that reads texts");
    }
    return transform;
  }

  /**
   * What images go through before a network of a dense task.
   *
   * @throws UnfitDataException if it is of none
   */
  public SceneTransform scene() {
    return dense().transform();
  }

  /** The windows that a network of segmentation looks at images through. */
  SlidingWindows windows() {
    return dense().windows();
  }

  /** How the outputs of a network of detection become objects. */
  ObjectRules rules() {
    requireTask(ModelTask.DETECTION);
    return Objects.requireNonNull(dense().rules());
  }

  private ModelConfiguration.Scene dense() {
    ModelConfiguration.Scene scene = configuration.scene();
    if (scene == null) {
      throw other("one of a dense task", "one of " + task().word());
    }
    return scene;
  }

  /**
   * What cuts texts into what the network gets.
   *
   * @throws UnfitDataException if the model reads images, or its {@value Tokenizer#FILE} is missing
   *     or was changed
   */
  public synchronized Tokenizer tokenizer() {
    Tokenizer read = tokenizer;
    if (read == null) {
      String file =
          tokenizerFile().orElseThrow(() -> other("one that reads texts", "one that reads images"));
      read = Tokenizer.of(file, (int) architecture().inputShape().get(0));
      tokenizer = read;
    }
    return read;
  }

  /** The text of the model's tokenizer, where it reads texts. */
  Optional<String> tokenizerFile() {
    String expected = configuration.tokenizer();
    if (expected == null) {
      return Optional.empty();
    }
    String text = folder.exists(Tokenizer.FILE) ? folder.text(Tokenizer.FILE) : "";
    if (!Sha256.of(text.getBytes(StandardCharsets.UTF_8)).equals(expected)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot load a model from %s: expected %s of SHA-256 %s, got %s",
              folder.uri(),
              Tokenizer.FILE,
              expected,
              text.isEmpty() ? "none" : "another"));
    }
    return Optional.of(text);
  }

  private UnfitDataException other(String expected, String got) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot use the model of %s: expected %s, got %s",
            folder.uri(),
            expected,
            got));
  }

  /** A prediction is an index into these. */
  public List<String> classNames() {
    return configuration.classNames();
  }

  /** Whether an image may have any number of the classes, each with a probability of its own. */
  public boolean hasSeveralLabels() {
    return configuration.severalLabels();
  }

  /** SHA-256 over configuration and weights; equal for equal models wherever they lie. */
  public String digest() {
    return Sha256.of((text + files.digest()).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads each module's weights.
   *
   * @throws UnfitDataException if tensors are missing, too many or of another shape
   * @throws StorageException if a file is damaged
   */
  public List<Weights> weights() {
    Weights all = files.read();
    var places = new HashSet<String>();
    var modules = new ArrayList<Weights>();
    for (int i = 0; i < division().moduleCount(); i++) {
      var tensors = new LinkedHashMap<String, Weights.Tensor>();
      for (ParameterSpec spec : architecture().parameters(division(), i)) {
        tensors.put(spec.name(), tensor(all.tensors(), spec));
        places.add(spec.name());
      }
      modules.add(new Weights(tensors));
    }
    List<String> others = all.others(places);
    if (!others.isEmpty()) {
      throw unfit(
          "the network's tensors alone", others.size() + " others such as " + others.get(0));
    }
    return modules;
  }

  private Weights.Tensor tensor(Map<String, Weights.Tensor> tensors, ParameterSpec spec) {
    Weights.Tensor tensor = tensors.get(spec.name());
    if (tensor == null) {
      throw unfit("a tensor " + spec.name(), "none");
    }
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    if (!Arrays.equals(shape, spec.shape().getShape())) {
      throw unfit("tensor " + spec.name() + " of shape " + spec.shape(), tensor.shape().toString());
    }
    return tensor;
  }

  private UnfitDataException unfit(String expected, String got) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot load the weights of %s: expected %s, got %s",
            folder.uri(),
            expected,
            got));
  }
}
