package io.deepincubation.core.method;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFolder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights of another model of the same family, named as timm names them: of {@code export}, of
 * a run's stage, or of timm.
 *
 * <p>The target model takes all of its layers. A module of the meta model takes the first layers of
 * its counterpart in the target model. A head for other classes begins at random.
 */
final class PretrainedWeights implements StartingWeights {

  private static final Logger LOG = LoggerFactory.getLogger(PretrainedWeights.class);
  private static final Pattern LAYER = Pattern.compile("blocks\\.(\\d+)\\.(.+)");
  private static final String CONFIGURATION = "config.json";

  private final Architecture architecture;
  private final ModularDivision target;
  private final Storage folder;
  private final @Nullable String digest;
  private final StartingWeights random;
  private @Nullable Weights read;

  /**
   * Weights in a folder, which is read when they are first asked for.
   *
   * @param architecture of the networks
   * @param target the division of the target model
   * @param folder the other model's
   * @param digest of the weights that the run began with, or null where nothing is known of them
   * @param random for what the other model does not have
   */
  PretrainedWeights(
      Architecture architecture,
      ModularDivision target,
      Storage folder,
      @Nullable String digest,
      StartingWeights random) {
    this.architecture = architecture;
    this.target = target;
    this.folder = folder;
    this.digest = digest;
    this.random = random;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnfitDataException if tensors are missing, too many or of another shape, or the model
   *     computes otherwise with them
   * @throws StorageException if there are no weights, or others than the run began with, or the
   *     file system refuses
   */
  @Override
  public Weights of(ModularDivision division, int moduleIndex, long seed, String purpose) {
    Weights fresh = random.of(division, moduleIndex, seed, purpose);
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (ParameterSpec spec : architecture.parameters(division, moduleIndex)) {
      String name = counterpart(spec.name(), division, moduleIndex);
      tensors.put(spec.name(), tensor(spec, name, fresh));
    }
    return new Weights(tensors);
  }

  @Override
  public Optional<String> digest() {
    return Optional.of(digest != null ? digest : WeightsFolder.open(folder).digest());
  }

  /** The tensor of the target model that a network's parameter begins with. */
  private String counterpart(String name, ModularDivision division, int moduleIndex) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) {
      return name;
    }
    int inModule = Integer.parseInt(layer.group(1)) - division.offset(moduleIndex);
    return "blocks." + (target.offset(moduleIndex) + inModule) + "." + layer.group(2);
  }

  private Weights.Tensor tensor(ParameterSpec spec, String name, Weights fresh) {
    Weights.Tensor found = all().get(name);
    Optional<Weights.Tensor> fitted =
        found == null ? Optional.empty() : architecture.resized(spec, found);
    if (fitted.isPresent()) {
      return fitted.get();
    }
    if (architecture.beginsFresh(name)) {
      LOG.info("{} begins at random: {} has {} for it", name, folder.uri(), shape(found));
      return fresh.tensor(spec.name());
    }
    throw unfit(name + " of shape " + spec.shape(), shape(found));
  }

  private static String shape(Weights.@Nullable Tensor found) {
    return found == null ? "none" : "shape " + found.shape();
  }

  private synchronized Map<String, Weights.Tensor> all() {
    if (read == null) {
      WeightsFolder weights = WeightsFolder.open(folder);
      read = digest == null ? weights.read() : weights.read(digest);
      requireNoOthers(read);
      requireSameComputation();
    }
    return read.tensors();
  }

  /** A tensor that has no place here belongs to a network that computes something else. */
  private void requireNoOthers(Weights weights) {
    Set<String> places =
        IntStream.range(0, target.moduleCount())
            .mapToObj(module -> architecture.parameters(target, module))
            .flatMap(List::stream)
            .map(ParameterSpec::name)
            .collect(Collectors.toSet());
    List<String> others =
        weights.others(places).stream().filter(name -> !architecture.leavesOut(name)).toList();
    if (!others.isEmpty()) {
      throw unfit(
          "the tensors of the recipe's network alone",
          others.size() + " others such as " + others.get(0));
    }
  }

  /** Shapes tell neither heads nor epsilon; a configuration beside the weights may. */
  private void requireSameComputation() {
    Map<String, Object> theirs = configuration();
    Map<String, Object> ours = architecture.configuration(target);
    requireSame("num_heads", group(theirs).get("num_heads"), group(ours).get("num_heads"));
    requireSame("norm_eps", theirs.get("norm_eps"), ours.get("norm_eps"));
  }

  private Map<String, Object> configuration() {
    try {
      return folder.exists(CONFIGURATION) ? Json.readTree(folder, CONFIGURATION) : Map.of();
    } catch (CorruptFileException e) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot begin with the weights of %s: %s, which is no configuration: %s",
              folder.uri(),
              CONFIGURATION,
              e.getMessage()),
          e);
    }
  }

  private static Map<?, ?> group(Map<String, Object> configuration) {
    return configuration.get("model_args") instanceof Map<?, ?> group ? group : Map.of();
  }

  private void requireSame(String key, @Nullable Object theirs, @Nullable Object ours) {
    if (theirs instanceof Number found
        && ours instanceof Number wanted
        && found.doubleValue() != wanted.doubleValue()) {
      throw unfit(key + " " + ours + " in " + CONFIGURATION, String.valueOf(theirs));
    }
  }

  private UnfitDataException unfit(String expected, String got) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot begin with the weights of %s: expected %s, got %s; set initial-weights to a"
                + " model of the recipe's shape",
            folder.uri(),
            expected,
            got));
  }
}
