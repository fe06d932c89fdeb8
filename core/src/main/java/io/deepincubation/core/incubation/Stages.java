package io.deepincubation.core.incubation;

/** The stages' names, which are also their folders in a run. */
public final class Stages {

  /** Meta pre-training. */
  public static final String META = "meta";

  /** The assembled model before fine-tuning. */
  public static final String ASSEMBLED = "assembled";

  /** The fine-tuned model. */
  public static final String FINAL = "final";

  private Stages() {}

  /** Incubation of one module. */
  public static String module(int moduleIndex) {
    return "modules/" + moduleIndex;
  }

  /** A rival's run. */
  public static String baseline(String method) {
    return "baselines/" + method;
  }
}
