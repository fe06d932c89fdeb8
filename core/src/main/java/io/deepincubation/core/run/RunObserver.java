package io.deepincubation.core.run;

import java.util.List;
import java.util.function.Consumer;

/** Is told what happens in a run. May be told by several threads at once. */
@FunctionalInterface
public interface RunObserver {

  /** Nobody. */
  RunObserver NONE = event -> {};

  /** Takes an event; it may end a training by what it throws. */
  void on(RunEvent event);

  /** All of some observers, in their order. */
  static RunObserver all(List<RunObserver> observers) {
    List<RunObserver> copies = List.copyOf(observers);
    return event -> copies.forEach(observer -> observer.on(event));
  }

  /** One that is told of logging intervals alone. */
  static RunObserver ofIntervals(Consumer<RunEvent.Interval> observer) {
    return event -> {
      if (event instanceof RunEvent.Interval interval) {
        observer.accept(interval);
      }
    };
  }
}
