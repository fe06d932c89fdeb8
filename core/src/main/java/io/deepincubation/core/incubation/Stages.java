package io.deepincubation.core.incubation;

import java.util.OptionalInt;

/** The stages' names, which are also their folders in a run. */
public final class Stages {

  /** Meta pre-training. */
  public static final String META = "meta";

  /** The assembled model before fine-tuning. */
  public static final String ASSEMBLED = "assembled";

  /** The fine-tuned model. */
  public static final String FINAL = "final";

  /** End-to-end training of the target model, the baseline. */
  public static final String END_TO_END = "baselines/e2e";

  private static final String MODULES = "modules/";

  private Stages() {}

  /** Incubation of one module. */
  public static String module(int moduleIndex) {
    return MODULES + moduleIndex;
  }

  /**
   * The module whose incubation a stage is.
   *
   * @return the module's index from 0, or empty for a whole network's stage
   */
  public static OptionalInt moduleIndex(String stage) {
    return stage.startsWith(MODULES)
        ? OptionalInt.of(Integer.parseInt(stage.substring(MODULES.length())))
        : OptionalInt.empty();
  }

  /** A rival's run. */
  public static String baseline(String method) {
    return "baselines/" + method;
  }
}
