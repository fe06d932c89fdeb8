package io.deepincubation.spark.cli;

import io.deepincubation.core.advice.Budget;
import io.deepincubation.core.advice.ImageSet;
import io.deepincubation.core.advice.RecipeDraft;
import io.deepincubation.core.advice.RecipeDraft.Base;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.StageCost;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.cluster.DriverSpeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "init",
    description =
        "Writes a recipe for a prepared set and a budget, and says what it chose and why. Trains"
            + " nothing.")
final class Init extends Verb {

  /** Letters of a line of the file's first comment. */
  private static final int LINE = 96;

  /** The families whose sizes were measured. */
  private enum Network {
    VIT,
    RESNET
  }

  @Mixin private final DataOptions data = new DataOptions();

  @Option(
      names = "--budget",
      required = true,
      paramLabel = "B",
      description =
          "What all of Deep Incubation may take: operations such as 100TFLOP, or a time of this"
              + " machine such as 2h.")
  private String budget = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "The recipe to write; a file that is there is not overwritten.")
  private Path to = Path.of("");

  @Option(names = "--network", paramLabel = "FAMILY", description = "vit (default) or resnet.")
  private @Nullable Network network;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Layers, or residual blocks; default by the rules.")
  private @Nullable Integer depth;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "Channels of a token, or of a ResNet's first group; default by the budget.")
  private @Nullable Integer width;

  @Option(
      names = "--recipe",
      paramLabel = "FILE|NAME",
      description = "A recipe to extend, whose network is kept; default a small one.")
  private @Nullable String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A key of the recipe, such as meta.epochs=30, that stays so. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--tflops",
      paramLabel = "F",
      description = "TFLOP/s that turn a time into operations; default as measured here, briefly.")
  private @Nullable Double tflops;

  /**
   * The answer's JSON.
   *
   * @param status that the file was written
   * @param to the file
   * @param network in words
   * @param images of the training split
   * @param classes of them
   * @param budget computed operations
   * @param flopsPerSecond that a time was turned into them by; null where operations were given
   * @param speed where that is from; null likewise
   * @param deepIncubation operations of all of it
   * @param endToEnd operations of end-to-end training
   * @param endToEndEpochs what {@code equal} comes to
   * @param advice {@code deep-incubation} or {@code end-to-end}
   * @param why reasons of the advice
   * @param choices what was chosen and why
   */
  private record Facts(
      String status,
      String to,
      String network,
      int images,
      int classes,
      double budget,
      @Nullable Double flopsPerSecond,
      @Nullable String speed,
      StageCost deepIncubation,
      StageCost endToEnd,
      int endToEndEpochs,
      String advice,
      List<String> why,
      List<String> choices) {}

  /** How fast this machine computes, and how that is known. */
  private record Speed(double flopsPerSecond, String words) {}

  @Override
  Answer answer() {
    Budget wanted = Budget.parse(budget);
    check();
    Base base = base();
    ImageSet set = set();
    Speed speed = wanted.isTime() ? speed(base, set, wanted) : null;
    double flops = wanted.flops(() -> speed == null ? 0 : speed.flopsPerSecond());
    RecipeDraft draft = RecipeDraft.of(base, set, all(), flops);
    write(draft.yaml(head(draft, set, speed)));
    return answer(draft, set, flops, speed);
  }

  private void check() {
    if (Files.exists(to)) {
      throw new UsageException(
          "Cannot write "
              + to
              + ": expected no such file, got one; choose another --to, or delete it");
    }
    if ((depth != null && depth < 1) || (width != null && width < 1)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot write a recipe: expected --depth and --width from 1, got %s and %s",
              depth,
              width));
    }
    if (tflops != null && !(tflops > 0 && Double.isFinite(tflops))) {
      throw new UsageException("Cannot use --tflops: expected a number above 0, got " + tflops);
    }
  }

  private ImageSet set() {
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      DataIndex index = PreparedSet.open(session.storages().open(data.data())).index();
      require(index.count(ImageSource.TRAIN) > 0, "images to train on", "none");
      require(index.splits().size() > 1, "a split test or val", "train alone");
      require(index.classNames().size() > 1, "2 classes or more", index.classNames().toString());
      ImageSet set = ImageSet.of(index, data.data());
      int least = Math.min(set.sizes().minHeight(), set.sizes().minWidth());
      require(least >= 4, "images of 4 pixels each way or more", set.sizes().toString());
      return set;
    }
  }

  private void require(boolean fits, String expected, String got) {
    if (!fits) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot write a recipe for %s: expected %s, got %s; see `prepare --help`",
              data.data(),
              expected,
              got));
    }
  }

  private Base base() {
    if (recipe != null) {
      return new Base(extending(recipe), Recipes.resolve(recipe, List.of()), true);
    }
    return Base.small(all());
  }

  /** A recipe as the new file is to name it: from its own folder, where it is a file. */
  private String extending(String named) {
    if (Recipes.names().contains(named)) {
      return named;
    }
    Path folder = to.toAbsolutePath().normalize().getParent();
    Path file = Path.of(named).toAbsolutePath().normalize();
    return "./" + (folder == null ? file : folder.relativize(file));
  }

  /** All that is given, the last of a key counting. */
  private List<String> all() {
    var all = new ArrayList<String>();
    if (network != null) {
      all.add("model.family=" + network.name().toLowerCase(Locale.ROOT));
    }
    if (depth != null) {
      all.add("model.depth=" + depth);
    }
    if (width != null) {
      all.add("model.width=" + width);
    }
    all.addAll(settings);
    return all;
  }

  private Speed speed(Base base, ImageSet set, Budget wanted) {
    if (tflops != null) {
      return new Speed(tflops * 1e12, "as --tflops says");
    }
    DriverSpeed.Measured measured = DriverSpeed.of(base, set, all(), wanted);
    return new Speed(
        measured.flopsPerSecond(),
        "measured here now, a few training steps of " + measured.network() + " alone");
  }

  private void write(String text) {
    try {
      Path folder = to.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(to, text, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new UsageException(
          "Cannot write " + to + ": expected a place for a new file, got " + e, e);
    }
  }

  private List<String> head(RecipeDraft draft, ImageSet set, @Nullable Speed speed) {
    var head = new ArrayList<String>();
    head.add(RecipeDraft.words(draft.recipe()) + ".");
    head.add("");
    head.add(
        String.format(
            Locale.ROOT,
            "Written by `init` for %,d images of %d classes, %s pixels; change what you like.",
            set.images(),
            set.classes(),
            set.sizes()));
    head.add("Command:  " + command(draft));
    head.addAll(wrapped("Budget:   ", budgetInWords(speed)));
    draft.reasons().forEach(reason -> head.addAll(wrapped("Why:      ", reason)));
    head.addAll(wrapped("Advice:   ", advice(draft)));
    return head;
  }

  /** A text in lines of a file's width, its label before the first. */
  private static List<String> wrapped(String label, String text) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder(label);
    for (String word : List.of(text.split(" "))) {
      if (line.length() + word.length() > LINE) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(" ".repeat(label.length()));
      }
      line.append(word).append(' ');
    }
    lines.add(line.toString().stripTrailing());
    return lines;
  }

  private String command(RecipeDraft draft) {
    return String.format(
        Locale.ROOT,
        "bin/deep-incubation %s --recipe %s --data %s --run RUN",
        draft.verdict().pays() ? "run" : "baseline --method " + EndToEnd.NAME,
        to,
        data.data());
  }

  private String budgetInWords(@Nullable Speed speed) {
    String words = budget + " for all of Deep Incubation";
    return speed == null
        ? words
        : words
            + ", at "
            + Quantities.flops(speed.flopsPerSecond())
            + " a second ("
            + speed.words()
            + ")";
  }

  private static String advice(RecipeDraft draft) {
    String why = String.join("; ", draft.verdict().why());
    return (draft.verdict().pays() ? "Deep Incubation: " : "end-to-end training: ") + why + ".";
  }

  private Answer answer(RecipeDraft draft, ImageSet set, double flops, @Nullable Speed speed) {
    int endToEndEpochs = EndToEnd.schedule(draft.recipe()).epochs();
    var lines = new ArrayList<>(draft.reasons());
    lines.add("Budget: " + budgetInWords(speed));
    lines.add(
        String.format(
            Locale.ROOT,
            "End-to-end training at equal cost: %d epochs, %s",
            endToEndEpochs,
            Quantities.flops(draft.endToEnd().computed())));
    lines.add("Advice: " + advice(draft));
    lines.add("Wrote " + to + "; next: " + command(draft));
    return new Answer(
        lines,
        new Facts(
            "done",
            to.toString(),
            RecipeDraft.words(draft.recipe()),
            set.images(),
            set.classes(),
            flops,
            speed == null ? null : speed.flopsPerSecond(),
            speed == null ? null : speed.words(),
            draft.total(),
            draft.endToEnd(),
            endToEndEpochs,
            draft.verdict().advice(),
            draft.verdict().why(),
            draft.reasons()));
  }
}
