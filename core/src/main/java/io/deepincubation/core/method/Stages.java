package io.deepincubation.core.method;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names of the library's stages, which are also their folders in a run, and what runs them.
 *
 * <p>Deep Incubation's own stages lie at the root of a run; those that only a rival has lie below
 * {@code baselines/METHOD}.
 */
public final class Stages {

  /** Meta pre-training. */
  public static final String META = "meta";

  /** The assembled model before fine-tuning. */
  public static final String ASSEMBLED = "assembled";

  /** The fine-tuned model. */
  public static final String FINAL = "final";

  private static final String MODULES = "modules";
  private static final String BASELINES = "baselines/";

  private static final Pattern ONE_OF_SEVERAL = Pattern.compile("(.+/)?" + MODULES + "/\\d+");

  private static final Map<String, String> VERBS =
      Map.of(META, "pretrain-meta", MODULES, "incubate", ASSEMBLED, "assemble", FINAL, "fine-tune");

  private static final Pattern AT_A_SIZE = Pattern.compile("-[0-9]+$");

  private Stages() {}

  /** Training of one module. */
  public static String module(int moduleIndex) {
    return MODULES + "/" + moduleIndex;
  }

  /** A rival whose training is one stage. */
  public static String baseline(String method) {
    return BASELINES + method;
  }

  /** A stage that only a rival has. */
  public static String baseline(String method, String stage) {
    return baseline(method) + "/" + stage;
  }

  /**
   * The stage that fine-tunes a model on larger images.
   *
   * @param stage that gives the model
   * @param image their side in pixels
   */
  public static String at(String stage, int image) {
    return stage + "-" + image;
  }

  /** Whether a stage is only a rival's. */
  public static boolean isBaseline(String stage) {
    return stage.startsWith(BASELINES);
  }

  /** Whether a stage trains one module of several. */
  public static boolean isModule(String stage) {
    return ONE_OF_SEVERAL.matcher(stage).matches();
  }

  /** The verb of the command line that runs a stage. */
  static String verb(String stage) {
    String name = AT_A_SIZE.matcher(stage).replaceFirst("");
    if (isBaseline(name)) {
      return "baseline --method " + name.substring(BASELINES.length()).split("/", 2)[0];
    }
    return VERBS.getOrDefault(name.split("/", 2)[0], "run");
  }
}
