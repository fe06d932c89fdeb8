package io.deepincubation.spark.predict;

import ai.djl.Device;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.inference.Classifier;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/** Classifies the images of a partition, a batch at a time. */
public final class Inference implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1L;

  /** Probability from which on an image is said to have one of several classes. */
  private static final float LIKELY = 0.5f;

  /**
   * How images are classified.
   *
   * @param topK likeliest classes that are told, at least 1
   * @param batch images that are computed at once, at least 1
   * @param precision of the products
   */
  public record Terms(int topK, int batch, Precision precision) implements Serializable {

    /** What is done where nothing else is asked for; it gives what exported models give. */
    public static final Terms USUAL = new Terms(5, 64, Precision.FP32);

    /** Checks. */
    public Terms {
      if (topK < 1 || batch < 1) {
        throw new UsageException(
            String.format(
                Locale.ROOT,
                "Cannot classify: expected 1 or more likeliest classes, and images of a batch, got"
                    + " %d and %d",
                topK,
                batch));
      }
    }
  }

  private final StorageFactory storages;
  private final String uri;
  private final String digest;
  private final SparkSettings settings;
  private final ImageColumn input;
  private final Terms terms;

  /** Whether the model tells any number of classes, in a column more. */
  private final boolean severalLabels;

  public Inference(
      StorageFactory storages,
      String uri,
      String digest,
      SparkSettings settings,
      ImageColumn input,
      Terms terms,
      boolean severalLabels) {
    this.severalLabels = severalLabels;
    this.storages = storages;
    this.uri = uri;
    this.digest = digest;
    this.settings = settings;
    this.input = input;
    this.terms = terms;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    TaskContext task = TaskContext.get();
    Device device =
        Devices.of(settings, Devices.assigned(task.resourcesJMap()), task.partitionId());
    Arithmetic arithmetic = terms.precision().arithmetic(() -> NativeArithmetic.of(device));
    var compute = new Compute(device, arithmetic, settings.taskThreads());
    var lease = LoadedModels.acquire(storages, uri, digest, compute);
    TaskCompletionListener end = ended -> lease.close();
    task.addTaskCompletionListener(end);
    return new Scored(rows, lease);
  }

  /** A row, and what the network gets of its image, or why it gets nothing. */
  private record Loaded(Row row, float @Nullable [] values, String reason) {}

  /** Rows with their predictions, computed as they are asked for. */
  private final class Scored implements Iterator<Row> {

    private final Iterator<Row> rows;
    private final LoadedModels.Lease model;
    private final ArrayDeque<Row> ready = new ArrayDeque<>();

    Scored(Iterator<Row> rows, LoadedModels.Lease model) {
      this.rows = rows;
      this.model = model;
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (ready.isEmpty()) {
        score();
      }
      return ready.remove();
    }

    private void score() {
      var batch = new ArrayList<Loaded>();
      var images = new ArrayList<float[]>();
      while (batch.size() < terms.batch() && rows.hasNext()) {
        Loaded loaded = load(rows.next(), model.transform());
        batch.add(loaded);
        if (loaded.values() != null) {
          images.add(loaded.values());
        }
      }
      Classifier classifier = model.classifier();
      Iterator<float[]> probabilities = classifier.probabilities(images).iterator();
      for (Loaded loaded : batch) {
        ready.add(
            loaded.values() == null
                ? unanswered(loaded.row(), loaded.reason())
                : answered(loaded.row(), probabilities.next()));
      }
    }

    private Row answered(Row row, float[] probabilities) {
      Optional<String> fault = Classifier.fault(probabilities);
      return fault.isPresent() ? unanswered(row, fault.get()) : predicted(row, probabilities);
    }

    private Row predicted(Row row, float[] probabilities) {
      List<String> names = model.classNames();
      Row[] likeliest =
          IntStream.range(0, probabilities.length)
              .boxed()
              .sorted((a, b) -> Float.compare(probabilities[b], probabilities[a]))
              .limit(terms.topK())
              .map(label -> RowFactory.create(names.get(label), label, probabilities[label]))
              .toArray(Row[]::new);
      int best = likeliest[0].getInt(1);
      return severalLabels
          ? joined(
              row,
              best,
              names.get(best),
              probabilities,
              likeliest,
              null,
              likely(names, probabilities))
          : joined(row, best, names.get(best), probabilities, likeliest, null);
    }
  }

  /** Names of the classes that an image rather has than not. */
  private static String[] likely(List<String> names, float[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .filter(label -> probabilities[label] >= LIKELY)
        .mapToObj(names::get)
        .toArray(String[]::new);
  }

  private Row unanswered(Row row, String reason) {
    return severalLabels
        ? joined(row, null, null, null, null, reason, null)
        : joined(row, null, null, null, null, reason);
  }

  private Loaded load(Row row, PixelTransform transform) {
    try {
      return new Loaded(row, transform.values(input.read(row, storages)), "");
    } catch (IOException | StorageException | IllegalArgumentException e) {
      return new Loaded(row, null, String.valueOf(e.getMessage()));
    }
  }

  private static Row joined(Row row, @Nullable Object... added) {
    var values = new @Nullable Object[row.size() + added.length];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(added, 0, values, row.size(), added.length);
    return RowFactory.create(values);
  }
}
