package io.deepincubation.spark.doctor;

/**
 * What one check found.
 *
 * @param check what was looked at, in a word
 * @param state how it is
 * @param said what was found
 * @param mend what to do about it; empty where nothing is to be done
 */
public record Finding(String check, State state, String said, String mend) {

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

  static Finding warn(String check, String said, String mend) {
    return new Finding(check, State.WARN, said, mend);
  }

  static Finding fail(String check, String said, String mend) {
    return new Finding(check, State.FAIL, said, mend);
  }
}
