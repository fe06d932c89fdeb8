package io.deepincubation.spark.doctor;

import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.thread.Daemons;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Checks one after the other, each with a deadline; one that throws has failed. */
public final class Checkup {

  private final Duration deadline;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * Prepares checks.
   *
   * @param deadline of each
   */
  public Checkup(Duration deadline) {
    this.deadline = deadline;
  }

  /**
   * Makes a check.
   *
   * @param name of the check, should it find nothing to say
   * @param check finds out
   * @param remedy what to do where it throws or never comes back
   * @return this
   */
  public Checkup check(String name, Callable<Finding> check, String remedy) {
    var task = new FutureTask<>(check);
    Daemons.start("deep-incubation-doctor", task);
    findings.add(outcome(name, task, remedy));
    return this;
  }

  private Finding outcome(String name, FutureTask<Finding> task, String remedy) {
    try {
      return task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      return Finding.fail(name, "no answer within " + deadline.toSeconds() + " s", remedy);
    } catch (ExecutionException e) {
      return Finding.fail(name, said(e.getCause() == null ? e : e.getCause()), remedy);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.fail(name, "interrupted", remedy);
    }
  }

  private static String said(Throwable failure) {
    String message = FirstLine.of(failure);
    return failure instanceof IllegalStateException || message.startsWith("Cannot ")
        ? message
        : failure.getClass().getSimpleName() + ": " + message;
  }

  /** What was found so far. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }
}
