package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ModuleGrowth;
import java.io.Serializable;
import java.util.Locale;

/** What a module of a stage's network begins with. */
public sealed interface Start extends Serializable {

  /** In words, for a stage's key. */
  String inWords();

  /** Whether weights are drawn, or taken of the recipe's {@code initial-weights}. */
  default boolean drawsFresh() {
    return false;
  }

  /**
   * Fresh weights: random ones, or those of the recipe's {@code initial-weights}.
   *
   * @param purpose what they are drawn for: equal purposes begin equally
   */
  record Fresh(String purpose) implements Start {
    @Override
    public String inWords() {
      return "fresh for " + purpose;
    }

    @Override
    public boolean drawsFresh() {
      return true;
    }
  }

  /**
   * The module as another stage left it.
   *
   * @param stage its name
   */
  record Of(String stage) implements Start {
    @Override
    public String inWords() {
      return "from " + stage;
    }
  }

  /**
   * A deep module made of the shallow one that another stage left.
   *
   * @param stage its name
   * @param network the shallow network's division
   * @param growth how
   * @param purpose what the weights are drawn for that the shallow module does not have
   */
  record Grown(String stage, ModularDivision network, ModuleGrowth growth, String purpose)
      implements Start {
    @Override
    public String inWords() {
      return String.format(
          Locale.ROOT,
          "%s from %s %s, else fresh for %s",
          growth.name().toLowerCase(Locale.ROOT),
          stage,
          network,
          purpose);
    }

    @Override
    public boolean drawsFresh() {
      return true;
    }
  }

  /**
   * Fresh weights, but those behind the module's last layer as another stage left them: norm and
   * head of a last module.
   *
   * @param purpose what the others are drawn for
   * @param stage whose norm and head
   */
  record FreshTrunk(String purpose, String stage) implements Start {
    @Override
    public String inWords() {
      return "fresh for " + purpose + " with the head of " + stage;
    }

    @Override
    public boolean drawsFresh() {
      return true;
    }
  }
}
