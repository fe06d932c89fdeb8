package io.deepincubation.spark.doctor;

import com.google.gson.annotations.SerializedName;

/**
 * What one check found.
 *
 * @param check what was looked at, in a word
 * @param state how it is
 * @param said what was found
 * @param remedy what to do about it; empty where nothing is to be done
 */
public record Finding(
    String check, State state, String said, @SerializedName("mend") String remedy) {

  /** How something is. */
  public enum State {
    /** As it should be. */
    OK,
    /** It will do, at a price. */
    WARN,
    /** Training would fail. */
    FAIL
  }

  /** The check of storage, whose failure has an exit status of its own. */
  public static final String STORAGE = "storage";

  static Finding ok(String check, String said) {
    return new Finding(check, State.OK, said, "");
  }

  static Finding warn(String check, String said, String remedy) {
    return new Finding(check, State.WARN, said, remedy);
  }

  static Finding fail(String check, String said, String remedy) {
    return new Finding(check, State.FAIL, said, remedy);
  }
}
