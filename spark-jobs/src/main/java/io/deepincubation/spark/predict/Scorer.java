package io.deepincubation.spark.predict;

import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** What a model says of rows' samples, as values of the columns that are added. */
public interface Scorer extends Serializable {

  /**
   * Where samples are.
   *
   * @param column of the rows
   * @param storages open files
   */
  record Source(InputColumn column, StorageFactory storages) implements Serializable {}

  /** The columns. */
  AddedColumns columns();

  /** Rows that are answered at once, of a batch of the terms. */
  int rowsAtOnce(Inference.Terms terms);

  /**
   * What the columns of some rows hold; empty for rows that are left out.
   *
   * @param rows no more than {@link #rowsAtOnce}
   * @param source of their samples
   * @param model that answers
   */
  List<Optional<@Nullable Object[]>> added(List<Row> rows, Source source, LoadedModels.Lease model);

  /** Reads a sample. */
  @FunctionalInterface
  interface Reading<T> {

    /** The sample; messages of exceptions say why there is none. */
    T read() throws IOException;
  }

  /**
   * What was read, or why nothing was.
   *
   * @param value null where nothing was
   * @param reason empty where it was
   */
  record Read<T>(@Nullable T value, String reason) {

    /** Reads. */
    static <T> Read<T> of(Reading<T> reading) {
      try {
        return new Read<>(reading.read(), "");
      } catch (IOException | StorageException | IllegalArgumentException e) {
        return new Read<>(null, String.valueOf(e.getMessage()));
      }
    }
  }
}
