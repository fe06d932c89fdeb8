package io.deepincubation.core.run;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.thread.Parallel;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of a stage of several workers, among its resumable state in {@code checkpoints/STAGE}:
 *
 * <pre>
 * round-N.json                 commits round N - 1, by the driver
 * round-N/weights-R-SHA        what the workers begin with, range R of it
 * round-N/momentum-R-SHA       of the outer step
 * round-N/moments-W-R-SHA      of worker W's optimizer, as round N - 1 left them
 * round-N/worker-W/            its checkpoints, its differences, and what it hands in
 * round-N/sum-R/               what a task hands in of range R's sum, where tasks sum
 * </pre>
 *
 * <p>A round's files go when the next one is committed.
 */
public final class Rounds {

  /** What every version's file tells first. */
  private record Version(int formatVersion) {}

  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /**
   * Files that are read or written at a time: a connection, and a digest, are slower than a node.
   */
  private static final int AT_A_TIME = 4;

  private static final Pattern FILE = Pattern.compile("round-(\\d{1,9})\\.json");

  private final Storage storage;
  private final String folder;
  private final StageKey key;
  private final CheckpointPolicy policy;

  Rounds(Storage storage, String stage, StageKey key, CheckpointPolicy policy) {
    this.storage = storage;
    this.key = key;
    this.policy = policy;
    folder = Checkpoints.folder(stage);
  }

  /** The round that is worked at, or the end of the last one; nothing before the first. */
  public Optional<Round> latest() {
    return latest(storage, folder).filter(round -> round.key().equals(key));
  }

  /**
   * The round that is worked at.
   *
   * @param number which it has to be
   * @param what is computed of it, in words
   * @throws IllegalStateException if another one is
   */
  public Round worked(int number, String what) {
    return latest()
        .filter(found -> found.number() == number)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot compute " + what + ": the stage is not in that round (any more)"));
  }

  /** The key of the stage whose rounds are kept under a name, if any are. */
  static Optional<StageKey> key(Storage storage, String stage) {
    return latest(storage, Checkpoints.folder(stage)).map(Round::key);
  }

  private static Optional<Round> latest(Storage storage, String folder) {
    List<Integer> numbers = numbers(storage, folder);
    return numbers.isEmpty()
        ? Optional.empty()
        : Optional.of(read(storage, folder, file(folder, numbers.get(0))));
  }

  /** Numbers of committed rounds, the last one first. */
  private static List<Integer> numbers(Storage storage, String folder) {
    return storage.list(folder).stream()
        .map(FILE::matcher)
        .filter(Matcher::matches)
        .map(matcher -> Integer.valueOf(matcher.group(1)))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static Round read(Storage storage, String folder, String file) {
    try {
      int version = Json.read(storage, file, Version.class).formatVersion();
      if (version != Round.FORMAT_VERSION) {
        throw new CorruptFileException(
            "expected format version " + Round.FORMAT_VERSION + ", got " + version);
      }
      return Json.read(storage, file, Round.class);
    } catch (CorruptFileException e) {
      throw damaged(storage, folder, file, e);
    }
  }

  private static StorageException damaged(
      Storage storage, String folder, String file, CorruptFileException cause) {
    return new StorageException(
        String.format(
            Locale.ROOT,
            "Cannot go on from %s/%s: %s; delete %s/%s to begin the stage anew",
            storage.uri(),
            file,
            cause.getMessage(),
            storage.uri(),
            folder),
        cause);
  }

  /** What the workers of a round begin with, range after range; a process reads it once. */
  public List<Weights> weights(Round round) {
    return Parallel.map(round.ranges().size(), AT_A_TIME, range -> weights(round, range));
  }

  /** A range of what the workers of a round begin with; a process reads it once. */
  public Weights weights(Round round, int range) {
    return shared(folder(round.number()), weights(range), round.ranges().get(range).weights());
  }

  /** The outer step's momentum of a range, if there is any. */
  public Optional<Weights> momentum(Round round, int range) {
    return Optional.ofNullable(round.ranges().get(range).momentum())
        .map(shard -> read(folder(round.number()), shard));
  }

  /**
   * Where a worker's optimizer goes on; read only where another process did the round before.
   *
   * @return nothing in the first round
   */
  public Optional<Weights> moments(Round round, int worker) {
    if (round.workers().isEmpty()) {
      return Optional.empty();
    }
    String place = folder(round.number());
    List<Shard> moments = round.workers().get(worker).moments();
    return Optional.of(
        Weights.joined(
            Parallel.map(
                moments.size(),
                AT_A_TIME,
                range -> shared(place, moments(worker, range), moments.get(range)))));
  }

  private Weights shared(String place, String name, Shard shard) {
    return SharedWeights.get(sharedPlace(name), shard.sha256(), () -> read(place, shard));
  }

  private String sharedPlace(String name) {
    return storage.uri() + "/" + folder + "/" + name;
  }

  private Weights read(String place, Shard shard) {
    try {
      return WeightsFile.read(storage, place, shard);
    } catch (CorruptFileException e) {
      throw damaged(storage, folder, place + "/" + shard.file(), e);
    }
  }

  /** The state that a worker keeps within a round. */
  public Checkpoints checkpoints(Assignment part) {
    return Checkpoints.in(storage, folder(part), key, policy);
  }

  /** Whether a worker's part of a round is handed in; digests are checked by who reads it. */
  public boolean isHandedIn(Assignment part) {
    return parts(part).whole().anyMatch(made -> made.key().equals(key));
  }

  private HandedIn<WorkerPart> parts(Assignment part) {
    return new HandedIn<>(
        storage,
        folder(part),
        WorkerPart.class,
        made -> {
          for (Shard difference : made.differences()) {
            WeightsFile.requireThere(storage, folder(part), difference);
          }
          for (Shard moments : made.moments()) {
            WeightsFile.requireThere(storage, folder(part.round() + 1), moments);
          }
        });
  }

  /**
   * Hands in a worker's part of a round.
   *
   * @param part which
   * @param differences what it changed, in the round's ranges
   * @param moments of its optimizer, in ranges; nobody may change them any more
   * @param counters of its training
   * @param metrics the lines of the round
   */
  public void handIn(
      Assignment part,
      List<Weights> differences,
      List<Weights> moments,
      Map<String, Double> counters,
      List<MetricsLine> metrics) {
    List<Shard> changed = write(folder(part), differences, range -> "difference-" + range);
    IntFunction<String> name = range -> moments(part.worker(), range);
    List<Shard> kept = write(folder(part.round() + 1), moments, name);
    parts(part).add(new WorkerPart(key, changed, kept, counters, metrics));
    for (int range = 0; range < kept.size(); range++) {
      String place = sharedPlace(name.apply(range));
      SharedWeights.put(place, kept.get(range).sha256(), moments.get(range));
    }
  }

  private List<Shard> write(String place, List<Weights> ranges, IntFunction<String> name) {
    return Parallel.map(
        ranges.size(),
        AT_A_TIME,
        range -> WeightsFile.write(storage, place, name.apply(range), ranges.get(range)));
  }

  /**
   * What a worker handed in.
   *
   * @throws StorageException if there is nothing
   */
  public Done done(Assignment part) {
    return parts(part)
        .whole()
        .filter(made -> made.key().equals(key))
        .map(made -> new Done(new Round.Worker(made.moments(), made.counters()), made.metrics()))
        .findFirst()
        .orElseThrow(() -> notDone(part));
  }

  /**
   * What a worker changed in a range of the weights: that of the first attempt whose file is what
   * was written.
   *
   * @throws StorageException if there is none
   */
  public Weights difference(Assignment part, int range) {
    return parts(part)
        .all() // Of many files one is read here, whose digest tells whether it is whole.
        .filter(made -> made.key().equals(key))
        .map(made -> difference(folder(part), made.differences().get(range)))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(() -> notDone(part));
  }

  private StorageException notDone(Assignment part) {
    return new StorageException(
        String.format(
            Locale.ROOT,
            "Cannot find what was done of %s in %s/%s; the same command does it again",
            part.inWords(),
            storage.uri(),
            folder(part)));
  }

  /** A damaged difference goes, so that it is not taken for one again. */
  private Optional<Weights> difference(String place, Shard shard) {
    try {
      return Optional.of(WeightsFile.read(storage, place, shard));
    } catch (CorruptFileException e) {
      String file = place + "/" + shard.file();
      LOG.warn("Skipped the damaged {}/{}: {}", storage.uri(), file, e.getMessage());
      storage.delete(file);
      return Optional.empty();
    }
  }

  /**
   * What a worker did in a round.
   *
   * @param goesOn where it goes on
   * @param metrics the lines of the round
   */
  public record Done(Round.Worker goesOn, List<MetricsLine> metrics) {

    /** Copies. */
    public Done {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * Writes a range of what the workers of a round begin with.
   *
   * @param number of the round
   * @param range which
   * @param weights nobody may change them any more
   * @param momentum of the outer step; null where there is none
   */
  public Round.Range write(int number, int range, Weights weights, @Nullable Weights momentum) {
    String place = folder(number);
    Shard written = WeightsFile.write(storage, place, weights(range), weights);
    Shard moved =
        momentum == null ? null : WeightsFile.write(storage, place, "momentum-" + range, momentum);
    SharedWeights.put(sharedPlace(weights(range)), written.sha256(), weights);
    return new Round.Range(written, moved);
  }

  /** Hands in a range of what the workers of the next round begin with. */
  public void handIn(RangeSum sum, Round.Range made) {
    sums(sum).add(new SummedRange(key, made));
  }

  /** What was handed in of a range's sum, if anything was. */
  public Optional<Round.Range> summed(RangeSum sum) {
    return sums(sum)
        .whole()
        .filter(made -> made.key().equals(key))
        .map(SummedRange::made)
        .findFirst();
  }

  private HandedIn<SummedRange> sums(RangeSum sum) {
    String next = folder(sum.round() + 1);
    return new HandedIn<>(
        storage,
        folder(sum.round()) + "/sum-" + sum.range(),
        SummedRange.class,
        summed -> {
          WeightsFile.requireThere(storage, next, summed.made().weights());
          if (summed.made().momentum() != null) {
            WeightsFile.requireThere(storage, next, summed.made().momentum());
          }
        });
  }

  /** Commits a round's beginning, whose ranges are written, then forgets the rounds before. */
  Round commit(Beginning begins) {
    var round =
        new Round(
            Round.FORMAT_VERSION,
            key,
            begins.number(),
            begins.step(),
            begins.ranges(),
            begins.statistics(),
            begins.workers(),
            begins.counters(),
            begins.metrics());
    storage.write(file(folder, begins.number()), stream -> stream.write(Json.pretty(round)));
    forgetBefore(begins.number());
    return round;
  }

  /** A {@link Round} that is not committed yet. */
  public record Beginning(
      int number,
      long step,
      List<Round.Range> ranges,
      List<String> statistics,
      List<Round.Worker> workers,
      Map<String, Double> counters,
      List<MetricsLine> metrics) {}

  private void forgetBefore(int number) {
    for (int before : numbers(storage, folder)) {
      if (before < number) {
        storage.delete(folder(before));
        storage.delete(file(folder, before));
      }
    }
  }

  private static String file(String folder, int round) {
    return folder + "/round-" + round + ".json";
  }

  private String folder(int round) {
    return folder + "/round-" + round;
  }

  private String folder(Assignment part) {
    return folder(part.round()) + "/worker-" + part.worker();
  }

  private static String weights(int range) {
    return "weights-" + range;
  }

  private static String moments(int worker, int range) {
    return "moments-" + worker + "-" + range;
  }
}
