package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.run.LeaseTerms;
import io.deepincubation.core.run.RunLease;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest extends CommandLineFixture {

  private static final int CIFAR_100_RECORD = 3074;

  @Test
  void runsAllStagesThenFindsThemDone() {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(train("run", "--json", "--set", "incubation.epochs=1")).isZero();
    JsonObject first = lastLine();
    assertThat(first.get("status").getAsString()).isEqualTo("done");
    assertThat(first.keySet())
        .containsExactly(
            "status",
            "run",
            "report",
            "seconds",
            "accuracy",
            "measure",
            "value",
            "stages",
            "warnings");
    assertThat(first.getAsJsonArray("stages")).hasSize(3 + TinyRuns.MODULES);
    assertThat(folder.resolve("run/report.html")).exists();

    assertThat(train("run", "--json", "--set", "incubation.epochs=1")).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("already-done");
    assertThat(lastLine().get("stages")).isEqualTo(first.get("stages"));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void stagesOneByOneMakeARun() {
    TinyRuns.draw(folder.resolve("data"));
    for (String verb : List.of("pretrain-meta", "incubate", "assemble", "fine-tune", "evaluate")) {
      assertThat(train(verb)).as(verb).isZero();
    }
    assertThat(train("evaluate", "--json")).isZero();
    assertThat(lastLine().keySet())
        .containsExactly(
            "stage",
            "split",
            "accuracy",
            "measure",
            "value",
            "images",
            "unanswered",
            "metrics",
            "classNames",
            "classes",
            "run");
    assertThat(train("baseline", "--method", "e2e")).isZero();
    assertThat(cli("report", "--run", folder.resolve("run").toString())).isZero();
    assertThat(cli("report", "--json", "--run", folder.resolve("run").toString())).isZero();
    assertThat(lastLine().keySet()).containsExactly("run", "report", "stages");
    assertThat(out.toString()).contains("final: top-1", "baselines/e2e", "Done in ", "Report: ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void predictsOnceAndExportsBothForms() throws IOException {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--set", "incubation.epochs=1", "--set", "meta.epochs=1")).isZero();
    String model = folder.resolve("run/final").toString();
    String[] predict = {
      "predict",
      "--json",
      "--model",
      model,
      "--prefix",
      "p_",
      "--from",
      folder.resolve("data/test").toString(),
      "--to",
      folder.resolve("predictions").toString()
    };
    assertThat(cli(predict)).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("done");
    assertThat(lastLine().get("rows").getAsLong()).isEqualTo(48);
    assertThat(lastLine().get("rejected").getAsLong()).isZero();
    assertThat(lastLine().keySet())
        .containsExactly(
            "status",
            "predictions",
            "model",
            "rows",
            "rejected",
            "leftOut",
            "warnings",
            "seconds",
            "imagesPerSecond");
    assertThat(cli(predict)).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("already-done");
    assertThat(lastLine().keySet())
        .containsExactly(
            "status", "predictions", "model", "rows", "rejected", "leftOut", "warnings");
    Files.delete(folder.resolve("predictions/_SUCCESS")); // as if it had been stopped
    assertThat(cli(predict)).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("done");
    assertThat(lastLine().get("rows").getAsLong()).isEqualTo(48);
    predict[5] = "q_";
    assertThat(cli(predict)).isEqualTo(2);
    complains("Cannot write predictions to", "choose another --to");
    predict[5] = "p_";
    String[] rounded = Arrays.copyOf(predict, predict.length + 2);
    rounded[predict.length] = "--precision";
    rounded[predict.length + 1] = "bf16";
    assertThat(cli(rounded)).as("the same folder in another precision").isEqualTo(2);

    for (String format : List.of("timm", "torchscript")) {
      assertThat(
              cli(
                  "export",
                  "--json",
                  "--run",
                  folder.resolve("run").toString(),
                  "--format",
                  format,
                  "--to",
                  folder.resolve(format).toString()))
          .isZero();
      assertThat(lastLine().keySet()).containsExactly("status", "format", "to", "model");
    }
    assertThat(folder.resolve("timm/model.safetensors")).exists();
    assertThat(folder.resolve("torchscript/model.pt")).exists();
  }

  @Test
  void evaluateReadsTheRunsOwnRecipe() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("pretrain-meta", "--set", "meta.epochs=1", "--seed", "9")).isZero();
    String run = folder.resolve("run").toString();

    assertThat(cli("evaluate", "--run", run, "--stage", "meta", "--json")).isZero();

    assertThat(lastLine().get("images").getAsInt()).isEqualTo(48);
    assertThat(cli("evaluate", "--run", run, "--stage", "meta", "--seed", "8")).isEqualTo(2);
    complains("seed is 9 there and 8 here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluate", "incubate", "assemble", "fine-tune"})
  void aVerbThatNeedsAStageClaimsNoFolderWithoutOne(String verb) {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(trainIn("typo", verb)).isEqualTo(1);
    complains("typo");
    assertThat(folder.resolve("typo")).doesNotExist();
  }

  @Test
  void evaluateNamesARunThatIsNone() {
    assertThat(cli("evaluate", "--run", folder.resolve("typo").toString())).isEqualTo(2);
    complains("Cannot read the run", "expected a run's folder, got one without run.json");
    assertThat(folder.resolve("typo")).doesNotExist();
  }

  @Test
  void quickstartComparesAndIsDoneTheSecondTime() {
    Path quick = folder.resolve("my out/Übung 100%");
    String[] args = {
      "quickstart",
      "--out",
      quick.toString(),
      "--recipe",
      folder.resolve("tiny.yaml").toString(),
      "--train-images",
      "96",
      "--test-images",
      "48",
      "--threads",
      "1"
    };
    assertThat(cli(args)).isZero();
    assertThat(out.toString())
        .contains("Deep Incubation", "End-to-end", "48 test images", "Done in ")
        .contains("Report: " + quick.resolve("run/report.html"));
    assertThat(quick.resolve("run/report.html")).exists();
    assertThat(cli(args)).isZero();
    assertThat(out.toString()).contains("Already done in ");
    List<String> asJson = Stream.concat(Stream.of(args), Stream.of("--json")).toList();
    assertThat(cli(asJson.toArray(String[]::new))).isZero();
    assertThat(lastLine().keySet())
        .containsExactly("status", "run", "report", "comparison", "stages");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void unknownRecipeKeysAreAllListed() {
    assertThat(train("run", "--set", "model.dept=4", "--set", "incubation.epoch=1")).isEqualTo(2);
    complains("model.dept", "incubation.epoch");
  }

  @Test
  void unknownRecipeName() {
    assertThat(cli("run", "--recipe", "quikstart", "--data", "d", "--run", "r")).isEqualTo(2);
    complains("Cannot find recipe quikstart", "did you mean quickstart?");
  }

  @Test
  void depthThatIsNotDivisible() {
    assertThat(train("run", "--set", "model.depth=5")).isEqualTo(2);
    complains("model.depth", "5");
  }

  @Test
  void classCountThatDoesNotMatchTheData() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--set", "model.classes=100")).isEqualTo(3);
    complains("expects 100 classes, the data has 12");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void missingData() {
    assertThat(train("run")).isEqualTo(3);
    complains("Cannot open the training set at " + folder.resolve("data"), "run `prepare` first");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void damagedData() throws IOException {
    TinyRuns.draw(folder.resolve("data"));
    Path shard = onlyFile(folder.resolve("data/train"));
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(train("run")).isEqualTo(3);
    complains("part-00000-");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void truncatedCifarFile() throws IOException {
    Path cifar = Files.createDirectory(folder.resolve("cifar"));
    Files.write(cifar.resolve("train.bin"), new byte[2 * CIFAR_100_RECORD - 10]);
    Files.write(cifar.resolve("test.bin"), new byte[CIFAR_100_RECORD]);
    Path target = folder.resolve("prepared");

    assertThat(cli("prepare", "--from", cifar.toString(), "--to", target.toString())).isEqualTo(3);

    complains("train.bin", "the file is cut off");
    assertThat(target.resolve("index.json")).doesNotExist();
  }

  @Test
  void preparesCifar() throws IOException {
    Path cifar = Files.createDirectory(folder.resolve("cifar"));
    Files.write(cifar.resolve("train.bin"), new byte[2 * CIFAR_100_RECORD]);
    Files.write(cifar.resolve("test.bin"), new byte[CIFAR_100_RECORD]);
    Path target = folder.resolve("prepared");

    assertThat(cli("prepare", "--from", cifar.toString(), "--to", target.toString(), "--json"))
        .isZero();

    assertThat(lastLine().keySet())
        .containsExactly(
            "status",
            "data",
            "classes",
            "sizes",
            "images",
            "mean",
            "std",
            "digest",
            "trainSize",
            "rejected",
            "leftOut",
            "warnings");
    assertThat(lastLine().get("classes").getAsInt()).isEqualTo(100);
    assertThat(lastLine().getAsJsonObject("images").get("train").getAsInt()).isEqualTo(2);
    assertThat(lastLine().get("status").getAsString()).isEqualTo("done");
  }

  @Test
  void preparesImagesWithMasks() throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Path masks = Files.createDirectory(folder.resolve("masks"));
    for (int i = 0; i < 3; i++) {
      byte[] values = new byte[3 * 64];
      values[0] = (byte) i;
      Files.write(images.resolve(i + ".png"), ImageFiles.png(new Pixels(values, 8, 8)));
      var mask = new char[64];
      mask[5] = (char) (2 + i);
      Files.write(masks.resolve(i + ".png"), new LabelMap(mask, 8, 8).png());
    }

    assertThat(
            cli(
                "prepare",
                "--task",
                "segmentation",
                "--from",
                images.toString(),
                "--masks",
                masks.toString(),
                "--to",
                folder.resolve("prepared").toString(),
                "--ignore-label",
                "4",
                "--json"))
        .isZero();

    assertThat(lastLine().get("classes").getAsInt()).isEqualTo(4); // 0 to 3
    assertThat(lastLine().getAsJsonObject("scenes").toString())
        .isEqualTo("{\"kind\":\"segmentation\",\"ignoredLabel\":255,\"learnt\":3}");
  }

  @Test
  void optionsOfAnotherTask() {
    assertThat(cli("prepare", "--from", "a", "--to", "b", "--masks", "c")).isEqualTo(2);
    complains("expected --task beside --masks");
    err.getBuffer().setLength(0);
    assertThat(cli("prepare", "--from", "a", "--to", "b", "--task", "detection", "--masks", "c"))
        .isEqualTo(2);
    complains("expected --task segmentation beside --masks");
    err.getBuffer().setLength(0);
    assertThat(
            cli(
                "prepare",
                "--from",
                "a",
                "--to",
                "b",
                "--task",
                "segmentation",
                "--annotations",
                "c"))
        .isEqualTo(2);
    complains("expected --task detection beside --annotations");
    err.getBuffer().setLength(0);
    assertThat(cli("prepare", "--from", "a", "--to", "b", "--task", "depth")).isEqualTo(2);
    complains("--task", "SEGMENTATION, DETECTION");
  }

  @Test
  void preparingTheSameAgainIsAlreadyDone() throws IOException {
    Path cifar = Files.createDirectory(folder.resolve("cifar"));
    Files.write(cifar.resolve("train.bin"), new byte[2 * CIFAR_100_RECORD]);
    Files.write(cifar.resolve("test.bin"), new byte[CIFAR_100_RECORD]);
    String[] words = {
      "prepare", "--from", cifar.toString(), "--to", folder.resolve("prepared").toString(), "--json"
    };
    assertThat(cli(words)).isZero();

    assertThat(cli(words)).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("already-done");

    Files.write(cifar.resolve("train.bin"), new byte[3 * CIFAR_100_RECORD]);
    assertThat(cli(words)).isEqualTo(2);
    complains("expected the set that is there", "--replace");
    List<String> replacing = new ArrayList<>(List.of(words));
    replacing.add("--replace");
    assertThat(cli(replacing.toArray(String[]::new))).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("done");
  }

  @Test
  void runFolderOfAnotherRecipe() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("pretrain-meta", "--set", "meta.epochs=1")).isZero();
    assertThat(train("pretrain-meta", "--seed", "8")).isEqualTo(2);
    complains(
        "Cannot use the run folder",
        "its stage meta was trained otherwise: meta.epochs is 1 there and 2 here, seed is 7 there"
            + " and 8 here",
        "choose another --run");
  }

  @Test
  void lossThatIsNotANumber() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--set", "optimizer.rate=1e38")).isEqualTo(4);
    complains("Training diverged in stage meta");
    assertThat(folder.resolve("run/meta/result.json")).doesNotExist();
  }

  @Test
  void stageBeforeItsTime() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("assemble")).isEqualTo(1);
    complains("Cannot find stage modules/0", "run `incubate` first");
  }

  @Test
  void folderThatCannotBeWritten() throws IOException {
    TinyRuns.draw(folder.resolve("data"));
    Files.writeString(folder.resolve("run"), "a file is in the way");
    assertThat(train("run")).isEqualTo(5);
    complains(folder.resolve("run").toString());
  }

  @Test
  void flippedByteInAWeightsFile() throws IOException {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("pretrain-meta")).isZero();
    Path weights;
    try (Stream<Path> files = Files.list(folder.resolve("run/meta"))) {
      weights =
          files.filter(file -> file.toString().endsWith(".safetensors")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    assertThat(train("incubate")).isEqualTo(5);

    complains("Cannot trust " + weights, "expected SHA-256", "delete the folder");
    assertThat(folder.resolve("run/meta/result.json")).exists();
    assertThat(folder.resolve("run/modules")).doesNotExist();
  }

  @Test
  void unknownFormatVersion() throws IOException {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("pretrain-meta")).isZero();
    Path record = folder.resolve("run/run.json");
    String text = Files.readString(record);
    Files.writeString(record, text.replace("\"formatVersion\": 2", "\"formatVersion\": 9"));

    assertThat(train("incubate")).isEqualTo(5);

    complains("Cannot read " + record, "expected format version 2, got 9");
  }

  @Test
  void truncatedCheckpointsArePassedOver() throws IOException {
    TinyRuns.draw(folder.resolve("data"));
    Path state = Files.createDirectories(folder.resolve("run/checkpoints/meta"));
    Files.writeString(state.resolve("step-3.json"), "{\"formatVersion\": 2, \"step\": 3, \"ten");

    assertThat(train("pretrain-meta", "--json")).isZero();

    JsonObject meta = lastLine().getAsJsonArray("stages").get(0).getAsJsonObject();
    assertThat(meta.get("resumedFromStep").getAsInt()).isZero();
    assertThat(state).doesNotExist();
  }

  @Test
  void folderThatAnotherDriverHolds() {
    TinyRuns.draw(folder.resolve("data"));
    System.setProperty("spark.deepincubation.lease.wait", "0s");
    var terms = new LeaseTerms(Duration.ofSeconds(30), Duration.ZERO, "another");
    try (var lease = new RunLease(new LocalStorage(folder.resolve("run")), terms, () -> {})) {
      lease.acquire();

      assertThat(train("run")).isEqualTo(1);
    } finally {
      System.clearProperty("spark.deepincubation.lease.wait");
    }
    complains("Cannot use the run folder", "it is held by process", "(application another) until ");
    assertThat(folder.resolve("run/meta")).doesNotExist();
  }

  @Test
  void unknownVerb() {
    assertThat(cli("trian")).isEqualTo(2);
    complains("Unknown verb trian", "quickstart, prepare, init, run");
  }

  @Test
  void noVerb() {
    assertThat(cli()).isEqualTo(2);
    complains("expected a verb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--conf", "--master=local", "--packages=a:b:1", "--jars"})
  void optionsOfTheLauncherComeBeforeTheVerb(String option) {
    assertThat(cli("doctor", option)).isEqualTo(2);
    complains("Cannot use " + option.replaceFirst("=.*", ""), "expected it before the verb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--image-size", "--shorter-side"})
  void sizesBelowZero(String option) {
    assertThat(cli("prepare", "--from", "a", "--to", "b", option, "-5")).isEqualTo(2);
    complains("expected --image-size and --shorter-side from 1, got -5");
  }

  @Test
  void moreThreadsThanProcessors() {
    assertThat(cli("plan", "--recipe", "quickstart", "--images", "9", "--threads", "99999"))
        .isEqualTo(2);
    complains("(--threads): expected 1 to ", ", the processors here, got 99999");
    err.getBuffer().setLength(0);
    assertThat(cli("bench", "--threads", "99999")).isEqualTo(2);
    complains("--threads from 1 to ");
  }

  @Test
  void missingAndUnknownOptions() {
    assertThat(cli("run", "--recipe", "quickstart")).isEqualTo(2);
    complains("--data", "--run", "see deep-incubation run --help");
  }

  @Test
  void unknownBaseline() {
    assertThat(train("baseline", "--method", "telepathy")).isEqualTo(2);
    complains("expected --method of [imitation, dgl, infopro, e2e, staged-e2e], got telepathy");
  }

  @Test
  void placeThatIsNone() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--fine-tune-on", "moon")).isEqualTo(2);
    complains("fine-tune-on", "expected driver or executor, got moon");
  }

  @Test
  void plansWithoutTraining() {
    TinyRuns.draw(folder.resolve("data"));
    String tiny = folder.resolve("tiny.yaml").toString();
    String data = folder.resolve("data").toString();

    assertThat(cli("plan", "--recipe", tiny, "--data", data, "--images-per-second", "100"))
        .isZero();
    assertThat(out.toString())
        .contains(
            "96 images of 12 classes in 1 shards, 2 modules", "modules/1", "2 module tasks on")
        .contains("All of Deep Incubation: ", "End-to-end training: ", " computed (")
        .contains("; end-to-end.epochs=equal comes nearest")
        .contains("Deep Incubation takes about ", "--conf spark.executor.memoryOverhead=")
        .contains("--conf 'spark.executor.extraJavaOptions=-XX:+UseSerialGC ");

    assertThat(cli("plan", "--recipe", tiny, "--images", "96", "--measure", "--json")).isZero();
    JsonObject json = lastLine();
    assertThat(json.get("waves").getAsInt()).isEqualTo(1);
    assertThat(json.get("seconds").getAsDouble()).isPositive();
    assertThat(json.getAsJsonArray("stages")).hasSize(3 + TinyRuns.MODULES);
    assertThat(json.keySet())
        .containsExactly(
            "status",
            "stages",
            "method",
            "tasks",
            "slots",
            "waves",
            "broadcastBytes",
            "seconds",
            "configuration",
            "sums",
            "warnings",
            "recipe",
            "images",
            "classes");
    assertThat(json.getAsJsonArray("stages").get(0).getAsJsonObject().keySet())
        .containsExactly(
            "stage",
            "depths",
            "images",
            "flopsPerImage",
            "flops",
            "computedFlops",
            "memory",
            "seconds");

    assertThat(sum(json, "deepIncubation") / sum(json, "endToEnd"))
        .isCloseTo(1 / json.getAsJsonObject("sums").get("ratio").getAsDouble(), within(1e-9));

    assertThat(cli("plan", "--recipe", tiny, "--data", data, "--json")).isZero();
    assertThat(lastLine().keySet()).doesNotContain("seconds");
    assertThat(lastLine().get("shards"))
        .isEqualTo(JsonParser.parseString("{\"train\": 1, \"test\": 1}"));
    assertThat(err.toString()).isEmpty();
  }

  private static double sum(JsonObject plan, String method) {
    return plan.getAsJsonObject("sums").getAsJsonObject(method).get("computed").getAsDouble();
  }

  @Test
  void planOfEqualCostSaysSo() {
    String tiny = folder.resolve("tiny.yaml").toString();
    String[] plan = {
      "plan", "--recipe", tiny, "--images", "96", "--set", "end-to-end.epochs=equal"
    };

    assertThat(cli(plan)).isZero();

    assertThat(out.toString()).containsPattern("End-to-end training: .*, (0.9|1.0)[0-9] of that");
    assertThat(cli("plan", "--recipe", tiny, "--images", "9", "--set", "meta.epochs=equal"))
        .isEqualTo(2);
    complains("meta.epochs (--set)", "only end-to-end.epochs may be equal");
  }

  @Test
  void planRefusesASetThatRunRefuses() {
    TinyRuns.draw(folder.resolve("data"));
    String tiny = folder.resolve("tiny.yaml").toString();
    String data = folder.resolve("data").toString();
    assertThat(cli("plan", "--recipe", tiny, "--data", data, "--set", "model.image=32"))
        .isEqualTo(3);
    complains("expects images of 32 x 32 pixels, the data has 16 x 16");
  }

  @Test
  void plansForGpusByTheNameOfTheRecipesSet() {
    String[] plan = {"plan", "--recipe", "vit-h-imagenet", "--gpus", "8", "--tflops", "400"};

    assertThat(cli(plan)).isZero();
    assertThat(out.toString())
        .contains("vit-h-imagenet: 1,281,167 images of 1000 classes, 4 modules")
        .contains("final: 8 workers, ", " rounds; ", " of moments that stay on the nodes")
        .contains("8 module tasks on 8 slots")
        .contains(
            "Workers: --set meta.workers=8 --set incubation.workers=2 --set fine-tuning.workers=8")
        .containsPattern(
            "8 GPUs: 9\\.\\d\\d GPU days, 1\\.[23]\\d days; one GPU alone computes 0\\.0 %");

    assertThat(cli(Stream.concat(Stream.of(plan), Stream.of("--json")).toArray(String[]::new)))
        .isZero();
    JsonObject json = lastLine();
    assertThat(json.get("wallDays").getAsDouble()).isLessThan(1.4);
    assertThat(json.get("serialShare").getAsDouble()).isLessThan(0.02);
    assertThat(json.get("exchangeShare").getAsDouble()).isBetween(0.01, 0.15);
    JsonObject meta = json.getAsJsonArray("stages").get(0).getAsJsonObject();
    assertThat(meta.get("workers").getAsInt()).isEqualTo(8);
    assertThat(meta.get("rounds").getAsInt()).isGreaterThan(100);
    assertThat(meta.get("bytesARound").getAsLong()).isGreaterThan(1L << 30);
    assertThat(json.getAsJsonObject("configuration").get("spark.task.resource.gpu.amount"))
        .isEqualTo(new JsonPrimitive("1"));

    assertThat(cli("plan", "--recipe", "vit-h-imagenet", "--gpus", "0")).isEqualTo(2);
    complains("expected --gpus from 1");
  }

  @Test
  void planWithoutImages() {
    assertThat(cli("plan", "--recipe", "quickstart")).isEqualTo(2);
    complains("--data", "--images");
  }

  @Test
  void unknownFormat() {
    assertThat(cli("prepare", "--from", "a", "--to", "b", "--format", "tape")).isEqualTo(2);
    complains("tape");
  }

  @Test
  void stackTraceOnlyWhenAsked() {
    assertThat(cli("run", "--recipe", "none", "--data", "d", "--run", "r", "--verbose"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("\tat ");
  }

  @Test
  void helpAndVersion() {
    assertThat(cli("--help")).isZero();
    assertThat(cli("run", "--help")).isZero();
    assertThat(cli("bench", "--help")).isZero();
    assertThat(out.toString().replaceAll("\\s+", " ")).contains("default cifar100-small");
    assertThat(cli("--version")).isZero();
    assertThat(out.toString()).contains("quickstart", "Exit status", "--recipe=FILE|NAME");
    assertThat(err.toString()).isEmpty();
  }
}
