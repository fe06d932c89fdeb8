package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TinyRuns;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several devices of a task, each with a replica of the network. Here they are all the processor,
 * where threads that share one network are the lanes to compare with.
 */
class ReplicasTest {

  private static final Compute LANES = new Compute(Device.cpu(), Arithmetic.FP32, 2);
  private static final Compute DEVICES = devices(2);

  @TempDir private Path folder;

  private static Compute devices(int count) {
    return new Compute(Collections.nCopies(count, Device.cpu()), Arithmetic.FP32, count);
  }

  private static Recipe recipe(String... overrides) {
    Recipe lanes = RecipeYaml.override(TinyRuns.recipe(2), List.of("batch.size=32"));
    return RecipeYaml.override(lanes, List.of(overrides));
  }

  private List<String> digests(String name, String method, Recipe recipe, Compute compute) {
    RunContext context = TinyRuns.context(folder.resolve(name), recipe);
    return TinyRuns.run(Methods.named(method), context, recipe, compute, 1).run().stages().stream()
        .map(StageResult::sha256)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"deep-incubation", "imitation", "dgl"})
  void endInTheBytesOfLanesOfOneNetwork(String method) {
    Recipe recipe = recipe("ema.decay=0.9", "augmentation.mixup=0.8");

    assertThat(digests("devices", method, recipe, DEVICES))
        .isEqualTo(digests("lanes", method, recipe, LANES))
        .doesNotHaveDuplicates();
  }

  @Test
  void trainWorkersOfAStageToo() {
    Recipe recipe = recipe("batch.size=64", "end-to-end.workers=2", "rounds.steps=1");

    assertThat(digests("devices", "e2e", recipe, DEVICES))
        .isEqualTo(digests("lanes", "e2e", recipe, LANES));
  }

  @Test
  void anyNumberOfDevicesGivesTheSameBytesAgain() {
    Recipe recipe = recipe();

    assertThat(digests("four", "e2e", recipe, devices(4)))
        .isEqualTo(digests("again", "e2e", recipe, devices(4)))
        .isNotEqualTo(digests("two", "e2e", recipe, DEVICES));
  }

  @Test
  void allGoOnFromAKeptState() {
    Recipe recipe = recipe();
    RunContext quiet = TinyRuns.context(folder.resolve("killed"), recipe);
    var killed =
        new RunContext(
            quiet.architecture(),
            quiet.data(),
            new RunFolder(new LocalStorage(folder.resolve("killed")), CheckpointPolicy.steps(1)),
            RunObserver.ofIntervals(
                interval -> {
                  if (interval.step() == 4) {
                    throw new IllegalStateException("killed");
                  }
                }));
    assertThatThrownBy(() -> TinyRuns.run(new EndToEnd(), killed, recipe, DEVICES, 1).run())
        .hasMessage("killed");

    StageResult model = TinyRuns.run(new EndToEnd(), quiet, recipe, DEVICES, 1).run().model();

    assertThat(model.resumedFromStep()).isEqualTo(3);
    assertThat(List.of(model.sha256())).isEqualTo(digests("lanes", "e2e", recipe, LANES));
  }

  @Test
  void batchesThatCannotBeSpreadAreRefused() {
    Architecture vit = TinyRuns.context(folder, recipe()).architecture();
    Recipe batchNorm = StageBytes.resnet();
    Architecture resnet = TinyRuns.context(folder, batchNorm).architecture();

    assertThatThrownBy(() -> requireFit(recipe("batch.size=18"), 4, vit))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot spread batches over the 4 GPUs of a task: expected as many images for each, got"
                + " 18 of a pass; give each task one GPU, and the stage workers");
    assertThatThrownBy(() -> requireFit(batchNorm, 2, resnet))
        .hasMessageContaining("the network's batch norm needs all images of a batch in one place");
    assertThatCode(() -> requireFit(batchNorm, 1, resnet)).doesNotThrowAnyException();
  }

  private static void requireFit(Recipe recipe, int devices, Architecture architecture) {
    Replicas.requireFit(EndToEnd.stage(recipe), devices, architecture);
  }
}
