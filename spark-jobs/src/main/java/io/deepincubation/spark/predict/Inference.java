package io.deepincubation.spark.predict;

import ai.djl.Device;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.storage.StorageFactory;
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

/** Answers the samples of a partition, a batch at a time. */
public final class Inference implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1L;

  /**
   * How samples are computed.
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
  private final InputColumn input;
  private final Scorer scorer;
  private final Terms terms;

  public Inference(
      StorageFactory storages,
      String uri,
      String digest,
      SparkSettings settings,
      InputColumn input,
      Scorer scorer,
      Terms terms) {
    this.storages = storages;
    this.uri = uri;
    this.digest = digest;
    this.settings = settings;
    this.input = input;
    this.scorer = scorer;
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
      var batch = new ArrayList<Row>();
      int atOnce = scorer.rowsAtOnce(terms);
      while (batch.size() < atOnce && rows.hasNext()) {
        batch.add(rows.next());
      }
      var source = new Scorer.Source(input, storages);
      Iterator<Optional<@Nullable Object[]>> added = scorer.added(batch, source, model).iterator();
      for (Row row : batch) {
        added.next().ifPresent(values -> ready.add(joined(row, values)));
      }
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
