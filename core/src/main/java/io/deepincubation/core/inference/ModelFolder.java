package io.deepincubation.core.inference;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ParameterSpec;
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
import java.util.Optional;

/**
 * A trained model: {@code config.json} beside weights, as a run leaves it in {@code final}, as
 * {@code export --format timm} writes it, or as timm itself saves a vision transformer.
 */
@Evolving
public final class ModelFolder {

  /** The configuration's name in a model's folder. */
  static final String CONFIGURATION = "config.json";

  private final Storage folder;
  private final String text;
  private final WeightsFolder files;
  private final ModelConfiguration configuration;

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
      boolean run = folder.exists("final/" + CONFIGURATION);
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot load a model from %s: expected %s, got no such file; %s",
              folder.uri(),
              CONFIGURATION,
              run
                  ? "the run's model is " + folder.uri() + "/final"
                  : "name the folder final of a finished run, or an exported one"));
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

  /** What images go through before the network. */
  public PixelTransform transform() {
    return configuration.transform();
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
