package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.ForwardingStorage;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.testing.TinyRuns;
import io.deepincubation.core.testing.TinyScenes;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that runs the whole method and kills itself with SIGKILL at one of its events: a step
 * that was done, or any point before, in and after an act on the storage. It tells what it does on
 * its standard output.
 */
final class KilledRun {

  /** Steps that a kill may cost. */
  static final long MOST_REPEATED_STEPS = 4;

  private final AtomicLong left;

  private KilledRun(long killedAt) {
    left = new AtomicLong(killedAt);
  }

  /**
   * Runs.
   *
   * @param args the run's folder, the number of the event to die at, 0 to stay alive, and the
   *     methods to run, with commas between
   */
  public static void main(String[] args) {
    var killed = new KilledRun(Long.parseLong(args[1]));
    var storage = new EventfulStorage(new LocalStorage(Path.of(args[0])), killed::event);
    Recipe recipe = recipe(args[3]);
    RunContext context = killed.context(Path.of(args[0]), recipe, storage);
    for (String method : args[2].split(",", -1)) {
      TinyRuns.run(Methods.named(method), context, recipe, TinyRuns.MODULES).run();
    }
    tell("events " + -killed.left.get());
    Runtime.getRuntime().halt(0);
  }

  private RunContext context(Path root, Recipe recipe, Storage storage) {
    var folder = new RunFolder(storage, CheckpointPolicy.steps(MOST_REPEATED_STEPS));
    if (recipe.transfer().isOn()) {
      return TinyScenes.context(
          root.resolveSibling("scenes"), recipe, folder, uri -> storage, observer());
    }
    RunContext quiet = TinyRuns.context(root, recipe);
    return new RunContext(
        quiet.architecture(), TinyRuns.validated(quiet.data()), folder, observer());
  }

  private RunObserver observer() {
    return RunObserver.ofIntervals(
        news -> {
          tell("step " + news.stage() + " " + news.step() + " " + news.assignment().worker());
          event();
        });
  }

  /** The recipe of a killed run. */
  static Recipe recipe(String overrides) {
    return RecipeYaml.override(
        TinyRuns.recipe(3), overrides.isEmpty() ? List.of() : List.of(overrides.split(" ", -1)));
  }

  /** A line in one piece, whatever happens next. */
  private static void tell(String line) {
    System.out.print(line + "\n");
    System.out.flush();
  }

  private void event() {
    if (left.decrementAndGet() == 0) {
      killThisProcess();
    }
  }

  private static void killThisProcess() {
    try {
      String process = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-KILL", process).start().waitFor();
      Thread.currentThread().join();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("Cannot kill this process", e);
    }
  }

  /** Something happens before, in and after each act that changes files. */
  private record EventfulStorage(Storage delegate, Runnable event) implements ForwardingStorage {

    @Override
    public void write(String name, Content content) {
      event.run();
      delegate.write(name, eventful(content));
      event.run();
    }

    @Override
    public boolean create(String name, Content content) {
      event.run();
      boolean created = delegate.create(name, eventful(content));
      event.run();
      return created;
    }

    @Override
    public void delete(String name) {
      event.run();
      delegate.delete(name);
      event.run();
    }

    private Content eventful(Content content) {
      return stream -> {
        content.writeTo(new EventfulStream(stream, event));
        event.run();
      };
    }
  }

  private static final class EventfulStream extends FilterOutputStream {

    private final Runnable event;

    EventfulStream(OutputStream stream, Runnable event) {
      super(stream);
      this.event = event;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length / 2);
      out.flush();
      event.run();
      out.write(bytes, offset + length / 2, length - length / 2);
    }
  }
}
