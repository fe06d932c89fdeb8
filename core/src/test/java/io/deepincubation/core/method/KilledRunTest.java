package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.JavaProcess;
import io.deepincubation.core.testing.TinyScenes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed with SIGKILL at seeded random points, again and again, and always go on. */
class KilledRunTest {

  private static final long SEED = 20_260_725;

  /** Exit status of a process that SIGKILL ended. */
  private static final int KILLED = 128 + 9;

  @TempDir private Path root;

  /** What a process told before its end. */
  private record Told(int status, List<String> lines) {

    long events() {
      String last = lines.get(lines.size() - 1);
      return Long.parseLong(last.substring("events ".length()));
    }
  }

  /** How often runs of some methods are killed. */
  private record Case(KilledMethods killed, int kills) {

    static Case of(String methods, String overrides, int kills) {
      return new Case(new KilledMethods(methods, overrides), kills);
    }
  }

  /** Averages, weights and samples by class, chooses everywhere, and stops early in two stages. */
  private static final String CHOSEN =
      "ema.decay=0.8 loss.class-weights=balanced batch.sampling=balanced meta.best.metric=log-loss"
          + " incubation.best.metric=top1 incubation.best.min-delta=1 incubation.best.patience=1"
          + " fine-tuning.best.metric=ece end-to-end.best.metric=f1 end-to-end.best.min-delta=1"
          + " end-to-end.best.patience=1";

  /** Several workers everywhere, which meet more often than they keep their states. */
  private static final String IN_ROUNDS =
      "meta.workers=2 incubation.workers=2 fine-tuning.workers=4 rounds.steps=5"
          + " rounds.outer=nesterov";

  /** A dense task, whose images are streamed. */
  private static final String SEGMENTED =
      String.join(" ", TinyScenes.SEGMENTATION) + " transfer.epochs=3 transfer.best.metric=macc";

  /** Another, whose steps are of two calls. */
  private static final String DETECTED =
      String.join(" ", TinyScenes.DETECTION) + " transfer.epochs=2 transfer.best.metric=ap50-mask";

  private static final List<Case> CASES =
      List.of(
          Case.of("deep-incubation,e2e", "", 50),
          Case.of(
              "deep-incubation", "incubation.meta=pretrained-tunable incubation.start=grown", 20),
          Case.of("deep-incubation", "incubation.meta=random-tunable incubation.start=stacked", 20),
          Case.of("deep-incubation,e2e", CHOSEN, 20),
          Case.of("deep-incubation", IN_ROUNDS, 50),
          Case.of("imitation", "", 20),
          Case.of("dgl", "", 20),
          Case.of("infopro", "", 20),
          Case.of("staged-e2e", "", 20),
          Case.of("transfer", SEGMENTED, 20),
          Case.of("transfer", DETECTED, 20));

  /** Two cases at a time: each one's processes have a core. */
  @Test
  void killsAtRandomPointsEndInTheSameBytesAndRepeatFewSteps() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < CASES.size(); i++) {
        Case one = CASES.get(i);
        Path folder = root.resolve("case-" + i);
        running.add(threads.submit(() -> kill(one, folder)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Void kill(Case one, Path folder) throws Exception {
    KilledMethods killed = one.killed();
    Path undisturbed = folder.resolve("undisturbed");
    long events = killed.run(undisturbed, 0).events();
    var random = RandomStream.of(SEED);
    int kills = 0;
    for (int number = 0; kills < one.kills(); number++) {
      var disturbed = new Disturbed(folder.resolve("disturbed-" + number), killed);
      kills += disturbed.killUntilDone(random, (int) events / 3, one.kills() - kills);
      assertThat(killed.facts(disturbed.folder))
          .as("run %d of %s", number, killed)
          .isEqualTo(killed.facts(undisturbed));
    }
    System.out.printf(
        Locale.ROOT,
        "seed %d: %d kills of %s in runs of %d events ended in the same bytes%n",
        SEED,
        kills,
        killed,
        events);
    return null;
  }

  /** A run that is killed, and what is known of it from what its processes told. */
  private static final class Disturbed {

    private final Path folder;
    private final KilledMethods killed;
    private final Map<String, Long> done = new HashMap<>();
    private final Set<String> finished = new HashSet<>();

    Disturbed(Path folder, KilledMethods killed) {
      this.folder = folder;
      this.killed = killed;
    }

    /** Returns how often it was killed. */
    int killUntilDone(RandomStream random, int mostEvents, int mostKills) throws Exception {
      for (int kills = 0; ; kills++) {
        int killedAt = kills < mostKills ? 1 + random.nextInt(mostEvents) : 0;
        Told told = killed.run(folder, killedAt);
        requireFewRepeatedSteps(told);
        requireSoundStages();
        if (told.status() == 0) {
          return kills;
        }
        assertThat(told.status()).isEqualTo(KILLED);
      }
    }

    private void requireFewRepeatedSteps(Told told) {
      var first = new HashSet<String>();
      for (String line : told.lines()) {
        String[] words = line.split(" ", -1);
        if (!words[0].equals("step")) {
          continue;
        }
        String stage = words[1];
        long step = Long.parseLong(words[2]);
        assertThat(finished).as("stages that are trained again").doesNotContain(stage);
        String training = stage + ", worker " + words[3];
        if (first.add(training)) {
          assertThat(done.getOrDefault(training, 0L) - (step - 1))
              .as("steps of %s that are repeated from step %d on", training, step)
              .isBetween(0L, KilledRun.MOST_REPEATED_STEPS);
        }
        done.put(training, step);
      }
    }

    /** What is committed is whole, whenever the process died. */
    private void requireSoundStages() {
      var run = new RunFolder(new LocalStorage(folder));
      for (String stage : killed.stages()) {
        run.result(stage)
            .ifPresent(
                result -> {
                  assertThat(run.weights(result)).hasSize(result.shards().size());
                  finished.add(stage);
                });
      }
    }
  }

  /** The methods of a run, by name with commas between, and what their recipe has of its own. */
  private record KilledMethods(String methods, String overrides) {

    List<String> stages() {
      Recipe recipe = KilledRun.recipe(overrides);
      return Stream.of(methods.split(",", -1))
          .flatMap(method -> Methods.named(method).stages(recipe).stream())
          .map(Stage::name)
          .distinct()
          .toList();
    }

    /** All that must not depend on what happened: digests, losses and rates of every step. */
    List<String> facts(Path folder) {
      var run = new RunFolder(new LocalStorage(folder));
      var facts = new ArrayList<String>();
      for (String stage : stages()) {
        StageResult result = run.result(stage).orElseThrow();
        facts.add(stage + " " + result.sha256() + " " + result.loss() + " " + result.accuracy());
        facts.add(result.steps() + " " + result.images() + " " + result.choice());
        facts.add(result.metrics() + " " + result.validation() + " " + result.classes());
        run.metrics(stage).stream()
            .filter(line -> line.event() == null) // Tells of the attempts, which do differ.
            .map(KilledRunTest::lasting)
            .forEach(facts::add);
      }
      return facts;
    }

    Told run(Path folder, long killedAt) throws IOException, InterruptedException {
      Process process =
          JavaProcess.of(
                  List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                  KilledRun.class,
                  folder.toString(),
                  "" + killedAt,
                  methods,
                  overrides)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        List<String> lines = reader.lines().toList();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Told(process.exitValue(), lines);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void aStageThatChoosesStopsBeforeItsEnd() throws Exception {
    Path folder = root.resolve("chosen");
    new KilledMethods("deep-incubation", CHOSEN).run(folder, 0);

    var run = new RunFolder(new LocalStorage(folder));
    StageResult module = run.result("modules/0").orElseThrow();
    assertThat(module.steps()).isEqualTo(12);
    assertThat(Objects.requireNonNull(module.choice()).stoppedEarly()).isTrue();
    assertThat(Objects.requireNonNull(module.choice()).plannedSteps()).isEqualTo(18);
    assertThat(run.metrics("modules/0"))
        .extracting(MetricsLine::event)
        .contains(
            "stopped at step 12 of 18: no better top1 than that of step 6, "
                + String.format(Locale.ROOT, "%.4f", module.choice().value()));
    assertThat(run.result("final").orElseThrow().validation()).isNotNull();
  }

  private static String lasting(MetricsLine line) {
    return line.step() + " " + line.loss() + " " + line.rate() + " " + line.top1();
  }
}
