package io.deepincubation.spark.cli;

import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.recipe.UsageException;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Option;

/** How the target model is trained. */
final class MethodOptions {

  private static final String NAME = "--method";
  private static final String LABEL = "METHOD";

  private MethodOptions() {}

  /** Any method; Deep Incubation unless another is named. */
  static final class Any {

    @Option(
        names = NAME,
        paramLabel = LABEL,
        defaultValue = DeepIncubation.NAME,
        completionCandidates = Known.class,
        description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private String method = DeepIncubation.NAME;

    Method method() {
      return Methods.named(method);
    }
  }

  /** A method to compare with, which must be named. */
  static final class Rival {

    @Option(
        names = NAME,
        required = true,
        paramLabel = LABEL,
        completionCandidates = Rivals.class,
        description = "One of ${COMPLETION-CANDIDATES}.")
    private String method = "";

    Method method() {
      if (!Methods.rivals().contains(method)) {
        throw new UsageException(
            "Cannot train a baseline: expected --method of "
                + Methods.rivals()
                + ", got "
                + method);
      }
      return Methods.named(method);
    }
  }

  /** Names for the help. */
  abstract static class Names implements Iterable<String> {

    private final List<String> names;

    Names(List<String> names) {
      this.names = names;
    }

    @Override
    public Iterator<String> iterator() {
      return names.iterator();
    }
  }

  static final class Known extends Names {
    Known() {
      super(Methods.names());
    }
  }

  static final class Rivals extends Names {
    Rivals() {
      super(Methods.rivals());
    }
  }
}
