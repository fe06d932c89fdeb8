package io.deepincubation.core.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.machine.ResidentMemory;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.testing.JavaProcess;
import io.deepincubation.core.testing.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What training takes, seen from outside in processes of their own; for Linux. */
class StepMemoryTest {

  /** An allocator that hands every freed block back, so that what is resident is what is held. */
  private static final Map<String, String> EXACT =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", "65536",
          "MALLOC_MMAP_MAX_", "1000000",
          "MALLOC_TRIM_THRESHOLD_", "131072",
          "MALLOC_TOP_PAD_", "131072");

  private static final List<String> OPTIONS =
      List.of(
          "-Xms192m",
          "-Xmx192m",
          "-XX:+AlwaysPreTouch",
          "-XX:TieredStopAtLevel=1"); // else Java compiles, and grows, for 15,000 steps

  @TempDir private Path folder;

  /** Trains networks and tells what they took beside what was planned. */
  static final class Planned {

    private Planned() {}

    public static void main(String[] args) {
      Recipe recipe =
          Recipes.resolve(
              "deit-tiny-32-cifar100",
              List.of(
                  "model.depth=16",
                  "division.modules=2",
                  "batch.size=32",
                  "batch.accumulation=1",
                  "augmentation.repeats=1",
                  "batch.recompute-activations=false"));
      new TrainingBenchmark(recipe, TinyRuns.CLASSES, /* warmUpSeconds= */ 0, /* steps= */ 1)
          .run(new Compute(Device.cpu(), Arithmetic.valueOf(args[0]), /* threads= */ 1))
          .forEach(
              speed ->
                  System.out.printf(
                      Locale.ROOT,
                      "%s: %d %d%n",
                      speed.network(),
                      Objects.requireNonNull(speed.stepBytes()),
                      Objects.requireNonNull(speed.plannedBytes())));
      System.exit(0);
    }
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void thePlanForetellsWhatAStepTakes(Arithmetic arithmetic) throws Exception {
    for (String told : run(EXACT, Planned.class, arithmetic.name())) {
      System.out.println(told);
      if (!told.startsWith(TrainingBenchmark.META)) {
        String[] numbers = told.substring(told.indexOf(": ") + 2).split(" ", -1);
        double measured = Double.parseDouble(numbers[0]);
        assertThat(Double.parseDouble(numbers[1]))
            .as(told)
            .isCloseTo(measured, within(0.15 * measured));
      }
    }
  }

  /** Trains for thousands of steps and tells what is resident on the way, in bytes. */
  static final class Flat {

    private static final int STEPS_OF_EPOCH = 6;

    /** Steps until what Java and libtorch set up is there; these take a millisecond or two. */
    private static final int WARM = 8000;

    private static final int LAST = 12_000;

    private Flat() {}

    public static void main(String[] args) throws IOException {
      Recipe recipe = TinyRuns.recipe(LAST / STEPS_OF_EPOCH);
      RunContext plain =
          TinyRuns.context(
              Path.of(args[0]),
              recipe,
              progress -> {
                if (progress.step() == WARM || progress.step() == LAST) {
                  System.out.println(ResidentMemory.bytes());
                }
              });
      var folder = new RunFolder(plain.folder().storage(), CheckpointPolicy.steps(1_000));
      var context = new RunContext(plain.architecture(), plain.data(), folder, plain.observer());
      TinyRuns.run(new DeepIncubation(), context, recipe, 1)
          .run(stage -> stage.name().equals(Stages.META));
      System.exit(0);
    }
  }

  @Test
  void aStepLeavesNothingBehind() throws Exception {
    List<String> resident = run(Map.of(), Flat.class, folder.toString());

    System.out.println("resident after 8,000 and 12,000 steps, bytes: " + resident);
    double early = Double.parseDouble(resident.get(0));
    assertThat(Double.parseDouble(resident.get(1))).isCloseTo(early, within(0.01 * early));
  }

  private List<String> run(Map<String, String> environment, Class<?> main, String argument)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    var builder =
        JavaProcess.of(OPTIONS, main, argument)
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      String err = Files.readString(folder.resolve("err"), UTF_8);
      assertThat(process.exitValue()).as(err).isZero();
      return Files.readAllLines(out, UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }
}
