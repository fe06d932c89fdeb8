package io.deepincubation.spark.doctor;

import com.google.gson.Gson;
import java.util.List;

/**
 * All that was found in one process. It crosses process borders as text.
 *
 * @param place {@code driver}, or {@code executor} and Spark's id
 * @param host where the process runs
 * @param findings of each check
 */
public record Examination(String place, String host, List<Finding> findings) {

  /** Copies. */
  public Examination {
    findings = List.copyOf(findings);
  }

  /** As text for the wire. */
  public String toJson() {
    return new Gson().toJson(this);
  }

  /** From {@link #toJson}'s text. */
  public static Examination fromJson(String json) {
    return new Gson().fromJson(json, Examination.class);
  }
}
