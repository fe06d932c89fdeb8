package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageKey;
import io.deepincubation.core.run.StageResult;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stages of a run folder, known by their keys: one of another key is never taken for done. */
public final class CommittedStages {

  private final RunFolder folder;
  private final RunInputs inputs;

  /**
   * Looks into a folder.
   *
   * @param folder the run's
   * @param inputs images and initial weights of the run
   */
  public CommittedStages(RunFolder folder, RunInputs inputs) {
    this.folder = folder;
    this.inputs = inputs;
  }

  /**
   * A stage's result, where it is committed.
   *
   * @throws RecipeException if another stage of that name is committed, handed in or half trained
   *     here; the message names what differs
   */
  public Optional<StageResult> result(Stage stage) {
    StageKey expected = stage.key(inputs);
    Optional<StageResult> result = folder.result(stage.name());
    Stream.of(
            result.stream().map(this::key),
            folder.handedIn(stage.name()).stream().map(this::key),
            Stream.of(folder.checkpointKey(stage.name())))
        .flatMap(keys -> keys)
        .flatMap(Optional::stream)
        .filter(key -> !key.equals(expected))
        .findFirst()
        .ifPresent(
            key -> {
              throw refusal(stage, key, expected, result.isPresent());
            });
    return result;
  }

  /** A result's key: its own, or what the recipe of an earlier version's folder says. */
  private Optional<StageKey> key(StageResult result) {
    return Optional.ofNullable(result.key())
        .or(() -> folder.runRecord().flatMap(record -> key(record, result.stage())));
  }

  private Optional<StageKey> key(RunRecord record, String stage) {
    var then = new RunInputs(record.dataDigest(), record.initialWeightsDigest());
    return Methods.stage(recipe(record), stage).map(known -> known.key(then));
  }

  private Recipe recipe(RunRecord record) {
    return RecipeYaml.ofTree(record.recipe(), folder.uri() + "/run.json");
  }

  private RecipeException refusal(
      Stage stage, StageKey found, StageKey expected, boolean committed) {
    Map<String, String> defaults = StageFacts.defaults();
    String differences =
        found.differences(expected).stream()
            .map(
                difference ->
                    String.format(
                        Locale.ROOT,
                        "%s is %s there and %s here",
                        difference.name(),
                        told(difference.name(), difference.here(), defaults),
                        told(difference.name(), difference.there(), defaults)))
            .collect(Collectors.joining(", "));
    String where = committed ? folder.stageUri(stage.name()) : folder.checkpointsUri(stage.name());
    return new RecipeException(
        String.format(
            Locale.ROOT,
            "Cannot use the run folder %s: its stage %s %s otherwise: %s; delete %s to train it"
                + " anew, or choose another --run",
            folder.uri(),
            stage.name(),
            committed ? "was trained" : "has begun to be trained",
            differences,
            where));
  }

  private static String told(String name, String value, Map<String, String> defaults) {
    return value.equals(StageKey.DEFAULT) ? defaults.getOrDefault(name, value) : value;
  }
}
