package io.deepincubation.core.data.set;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import com.google.gson.Gson;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/** The images that a preparation rejected, as a Parquet table beside the set. */
public final class RejectedTable {

  /** The table's folder in the set's. */
  public static final String FOLDER = "rejected";

  private static final String FILE = FOLDER + "/part-00000.parquet";
  private static final int TOLD = 10;
  private static final MessageType SCHEMA =
      Types.buildMessage()
          .required(BINARY)
          .as(stringType())
          .named("origin")
          .optional(BINARY)
          .as(stringType())
          .named("label")
          .required(BINARY)
          .as(stringType())
          .named("reason")
          .required(BINARY)
          .as(stringType())
          .named("sha256")
          .required(INT32)
          .named("bytes")
          .named("rejected");

  private RejectedTable() {}

  /**
   * What the table holds. It crosses process borders as text.
   *
   * @param count its rows
   * @param first some of them, in words
   */
  public record Facts(long count, List<String> first) {

    /** Copies. */
    public Facts {
      first = List.copyOf(first);
    }

    /** The facts as one line of JSON. */
    public String toJson() {
      return new Gson().toJson(this);
    }

    /** Reads what {@link #toJson} gave. */
    public static Facts fromJson(String json) {
      return new Gson().fromJson(json, Facts.class);
    }
  }

  /** Writes the table; deletes that of an earlier preparation where nothing was rejected. */
  public static Facts write(Storage target, Iterator<RejectedImage> rejections) {
    if (!rejections.hasNext()) {
      target.delete(FOLDER);
      return new Facts(0, List.of());
    }
    try {
      Path file = Files.createTempFile("deep-incubation-rejected-", ".parquet");
      try {
        Facts facts = build(file, rejections);
        target.write(FILE, stream -> Files.copy(file, stream));
        return facts;
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot build the table of rejected images: " + e.getMessage(), e);
    }
  }

  private static Facts build(Path file, Iterator<RejectedImage> rejections) throws IOException {
    long count = 0;
    var first = new ArrayList<String>();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new FileOutput(file))
            .withType(SCHEMA)
            .withConf(new Configuration(false))
            .build()) {
      var groups = new SimpleGroupFactory(SCHEMA);
      while (rejections.hasNext()) {
        RejectedImage rejection = rejections.next();
        writer.write(row(groups.newGroup(), rejection));
        count++;
        if (first.size() < TOLD) {
          first.add(rejection.toString());
        }
      }
    }
    return new Facts(count, first);
  }

  private static Group row(Group row, RejectedImage rejection) {
    row.append("origin", rejection.origin());
    if (rejection.label() != null) {
      row.append("label", rejection.label());
    }
    return row.append("reason", rejection.reason())
        .append("sha256", rejection.sha256())
        .append("bytes", rejection.bytes());
  }
}
