package io.deepincubation.spark.predict;

import ai.djl.Device;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.inference.Classifier;
import io.deepincubation.core.inference.Classifier.Scores;
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
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/** Classifies the images of a partition, a batch at a time. */
public final class Inference implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1L;

  /**
   * How images are classified.
   *
   * @param batch images that are computed at once, at least 1
   * @param precision of the products
   */
  public record Terms(int batch, Precision precision) implements Serializable {

    /** Checks. */
    public Terms {
      if (batch < 1) {
        throw new UsageException(
            String.format(
                Locale.ROOT,
                "Cannot classify: expected 1 or more images of a batch, got %d",
                batch));
      }
    }
  }

  private final StorageFactory storages;
  private final String uri;
  private final String digest;
  private final SparkSettings settings;
  private final ImageColumn input;
  private final ScoreColumns columns;
  private final Terms terms;

  public Inference(
      StorageFactory storages,
      String uri,
      String digest,
      SparkSettings settings,
      ImageColumn input,
      ScoreColumns columns,
      Terms terms) {
    this.storages = storages;
    this.uri = uri;
    this.digest = digest;
    this.settings = settings;
    this.input = input;
    this.columns = columns;
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
      while (ready.isEmpty() && rows.hasNext()) {
        score();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
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
      Iterator<Scores> scores = classifier.scores(images).iterator();
      for (Loaded loaded : batch) {
        if (loaded.values() == null) {
          leave(loaded.row(), loaded.reason());
        } else {
          answer(loaded.row(), scores.next());
        }
      }
    }

    private void answer(Row row, Scores scores) {
      Optional<String> fault = Classifier.fault(scores.probabilities());
      if (fault.isPresent()) {
        leave(row, fault.get());
      } else {
        ready.add(joined(row, columns.values(scores, model.classNames())));
      }
    }

    private void leave(Row row, String reason) {
      columns.missing(reason).ifPresent(values -> ready.add(joined(row, values)));
    }
  }

  private Loaded load(Row row, PixelTransform transform) {
    try {
      return new Loaded(row, transform.values(input.read(row, storages)), "");
    } catch (IOException | StorageException | IllegalArgumentException e) {
      return new Loaded(row, null, String.valueOf(e.getMessage()));
    }
  }

  private static Row joined(Row row, @Nullable Object[] added) {
    var values = new @Nullable Object[row.size() + added.length];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(added, 0, values, row.size(), added.length);
    return RowFactory.create(values);
  }
}
